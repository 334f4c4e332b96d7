package fleet

import (
	"encoding/json"
	"fmt"
	"time"
)

// Vehicle is one device of the fleet, as provisioning makes it.
type Vehicle struct {
	Number  int // from 1
	Name    string
	Type    string
	Country string
	Group   string
	seed    int64
}

// NewVehicle is the n-th vehicle of a fleet. Types alternate from one vehicle to the next and countries once all types
// had their turn: so every type drives in every country, whatever the two numbers are.
func NewVehicle(prefix string, n int, types, countries []string, seed int64) Vehicle {
	country := countries[(n-1)/len(types)%len(countries)]
	return Vehicle{Number: n, Name: ThingName(prefix, n), Type: types[(n-1)%len(types)], Country: country,
		Group: GroupName(country), seed: seed}
}

// Names of a vehicle's attributes, which are also its type's searchable attributes.
const (
	CustomerID        = "customerId"
	Country           = "country"
	ManufacturingDate = "manufacturingDate"
)

// SearchableAttributes are the three that a thing type allows.
func SearchableAttributes() []string { return []string{CustomerID, Country, ManufacturingDate} }

// firstDay is the earliest manufacturing date. It is fixed: a date counted back from today would make every run's
// vehicles differ from the last one's.
var firstDay = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// Attributes are the thing's attributes. They follow from the name and the seed alone, so that creating the same
// vehicle again is the same request.
func (v Vehicle) Attributes() map[string]string {
	r := Rand(v.seed, v.Name)
	var id [16]byte
	for i := range id {
		id[i] = byte(r.UintN(256))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // a version 4 UUID, RFC 9562
	return map[string]string{
		CustomerID:        fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		Country:           v.Country,
		ManufacturingDate: firstDay.AddDate(0, 0, r.IntN(365)).Format(time.DateOnly),
	}
}

// Battery is the charge the classic shadow reports, 30 to 100 per cent.
func (v Vehicle) Battery() int { return 30 + Rand(v.seed, v.Name+"/battery").IntN(71) }

// ClassicShadow is the classic shadow's update document.
func (v Vehicle) ClassicShadow() []byte {
	return document(map[string]any{"batteryStatus": v.Battery()})
}

// PackageShadowDocument reports that a device runs a version of its type's package.
func (v Vehicle) PackageShadowDocument(version string) []byte {
	return document(map[string]any{v.Type: map[string]any{"version": version, "attributes": map[string]string{}}})
}

func document(reported map[string]any) []byte {
	b, err := json.Marshal(map[string]any{"state": map[string]any{"reported": reported}})
	if err != nil { // strings and numbers only
		panic(err)
	}
	return b
}
