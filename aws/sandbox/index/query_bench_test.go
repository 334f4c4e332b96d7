package index

import (
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// large is an index of 100,000 things as this program makes them, each with a $package shadow.
func large(b *testing.B) *handlers {
	h := open(b)
	b.Helper()
	everything(b, h)
	if err := h.r.Store.Update(func(tx *store.Tx) error {
		for _, q := range []string{
			`CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<99999) SELECT i FROM n`,
			`INSERT INTO ix_things(name,id,type,attributes_json,version) SELECT printf('Vehicle-VIN-%06d',i), printf('%032x',i), 'SedanVehicle',
				json_object('country',CASE WHEN i%1000=0 THEN 'DE' ELSE 'JP' END,'vin',printf('VIN-%06d',i),'model','M'||(i%7)), i%5+1 FROM n`,
			`INSERT INTO ix_shadows(thing_name,name,state_json,metadata_json,version) SELECT printf('Vehicle-VIN-%06d',i), '$package',
				json_object('reported',json_object('SedanVehicle',json_object('version',CASE WHEN i%1000=0 THEN '1.0.0' ELSE '1.1.0' END,
				'attributes',json('{}')))), '{"reported":{"SedanVehicle":{"version":{"timestamp":1700000000}}}}', 1 FROM n`,
			`INSERT INTO ix_members(thing_name,group_name) SELECT printf('Vehicle-VIN-%06d',i), 'Fleet-'||(i%4) FROM n`,
			`DROP TABLE n`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return h
}

// BenchmarkQueries searches 100,000 things for what 100 of them have, except where the name says otherwise.
func BenchmarkQueries(b *testing.B) {
	h := large(b)
	for _, query := range []string{
		`attributes.country:DE`, `thingName:Vehicle-VIN-0001*`, `thingName:Vehicle*`, `thingName:vehicle-vin-099999`, `thingGroupNames:Nobody`,
		`shadow.name.$package.reported.SedanVehicle.version:1.0.0`, `NOT shadow.name.$package.reported.SedanVehicle.version:*`,
		`NOT shadow.name.$package.reported.SedanVehicle.version:1.1.0`, `shadow.name.$package.reported.*.version:1.0.0`, `registry.version > 4`,
		`attributes.model > 5 AND attributes.country:DE`, `nowhere`,
	} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				ok(b, h.search, &iot.SearchIndexInput{QueryString: &query})
			}
		})
	}
}

// BenchmarkAggregations aggregates over 100,000 things.
func BenchmarkAggregations(b *testing.B) {
	h := large(b)
	version := `shadow.name.$package.reported.SedanVehicle.version`
	ok(b, h.updateConfig, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &types.ThingIndexingConfiguration{
		ThingIndexingMode: "REGISTRY_AND_SHADOW", NamedShadowIndexingMode: "ON", Filter: &types.IndexingFilter{NamedShadowNames: []string{"$package"}},
		CustomFields: []types.Field{{Name: &version, Type: "String"}, {Name: p("attributes.model"), Type: "String"}, {Name: p("attributes.vin"), Type: "String"}},
	}})
	if err := h.r.Store.Update(func(tx *store.Tx) error {
		_, err := tx.Exec("UPDATE ix_status SET status='ACTIVE'")
		return err
	}); err != nil {
		b.Fatal(err)
	}
	star := p("*")
	b.Run("GetStatistics", func(b *testing.B) {
		for b.Loop() {
			ok(b, h.statistics, &iot.GetStatisticsInput{QueryString: star})
		}
	})
	b.Run("GetPercentiles", func(b *testing.B) {
		for b.Loop() {
			ok(b, h.percentiles, &iot.GetPercentilesInput{QueryString: star})
		}
	})
	b.Run("GetCardinality", func(b *testing.B) {
		for b.Loop() {
			ok(b, h.cardinality, &iot.GetCardinalityInput{QueryString: star, AggregationField: p("attributes.vin")})
		}
	})
	for _, field := range []string{"attributes.model", version} {
		b.Run("GetBucketsAggregation/"+field, func(b *testing.B) {
			for b.Loop() {
				out := ok(b, h.buckets, &iot.GetBucketsAggregationInput{QueryString: star, AggregationField: &field,
					BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{}}})
				if out.TotalCount != 100_000 {
					b.Fatalf("%d things", out.TotalCount)
				}
			}
		})
	}
}
