package jobs

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"fleetlab/aws/sandbox/packages"
	"fleetlab/aws/sandbox/shadow"
	"fleetlab/aws/sandbox/store"
)

// reportPackages sees to it that what a job installed is written into the thing's $package shadow, when the account has
// package configuration enabled (AWS IoT developer guide, software package catalog).
func (e *engine) reportPackages(tx *store.Tx, now time.Time, x *execution) error {
	if !x.owner.packages.Valid {
		return nil
	}
	enabled, err := packageUpdates(tx)
	if err != nil || !enabled {
		return err
	}
	if e.realm.Lag.PackageReport == 0 {
		return report(tx, now, x.thing, x.owner.packages)
	}
	at := store.Millis(now.Add(e.realm.Lag.PackageReport))
	e.alarm.wake(at)
	_, err = tx.Exec(`INSERT INTO package_reports(at, job_id, thing_name, number, packages_json) VALUES(?,?,?,?,?)`,
		at, x.job, x.thing, x.number, x.owner.packages)
	return err
}

// reportRows is how many reports a step writes; each takes several statements.
const reportRows = 50

// reportDue writes the reports that are due, as long as their things exist.
func (e *engine) reportDue(tx *store.Tx, now time.Time) error {
	type row struct {
		at       int64
		job      string
		thing    string
		number   int64
		packages sql.NullString
		exists   bool
	}
	var rows []row
	err := tx.Each(`SELECT at, job_id, thing_name, number, packages_json, EXISTS(SELECT 1 FROM things WHERE name=thing_name)
		FROM package_reports WHERE at<=? ORDER BY at, job_id, thing_name, number LIMIT ?`, []any{store.Millis(now), reportRows},
		func(scan func(...any) error) error {
			var r row
			err := scan(&r.at, &r.job, &r.thing, &r.number, &r.packages, &r.exists)
			rows = append(rows, r)
			return err
		})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.exists {
			if err := report(tx, store.Time(r.at), r.thing, r.packages); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM package_reports WHERE at=? AND job_id=? AND thing_name=? AND number=?`,
			r.at, r.job, r.thing, r.number); err != nil {
			return err
		}
	}
	return nil
}

func report(tx *store.Tx, at time.Time, thing string, packages sql.NullString) error {
	ds, err := parseDestinations(packages)
	if err != nil {
		return err
	}
	var changed []shadow.Package
	for _, d := range ds {
		p := shadow.Package{Name: d.Package, Version: d.Version}
		if d.Version == noVersion {
			p.Version = "" // the package is gone
		}
		changed = append(changed, p)
	}
	return shadow.ReportPackages(tx, at, thing, changed)
}

// packageUpdates tells whether the account lets jobs report the packages that they installed.
func packageUpdates(tx *store.Tx) (bool, error) {
	text, err := tx.Setting(packages.ConfigurationSetting)
	if err != nil || text == "" {
		return false, err
	}
	var c struct {
		Enabled bool `json:"enabled"`
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return false, fmt.Errorf("setting %s: %w", packages.ConfigurationSetting, err)
	}
	return c.Enabled, nil
}
