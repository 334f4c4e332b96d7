package shadow

import (
	"errors"
	"fmt"
	"time"

	"fleetlab/aws/sandbox/store"
)

// packageShadow is the reserved shadow in which a thing's installed software packages stand.
const packageShadow = "$package"

// checkPackages holds the reserved shadow to package entries: each has a version, attributes, or both (AWS IoT
// developer guide, preparing to use Software Package Catalog).
func checkPackages(state object) error {
	for _, section := range state {
		entries, _ := section.(object)
		for _, entry := range entries {
			if entry == nil {
				continue
			}
			fields, ok := entry.(object)
			if !ok {
				return errInvalidNode
			}
			if err := checkPackage(fields); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPackage(fields object) error {
	for name, v := range fields {
		if v == nil && (name == "version" || name == "attributes") {
			continue
		}
		switch v := v.(type) {
		case string:
			if name != "version" {
				return errInvalidNode
			}
		case object:
			if name != "attributes" {
				return errInvalidNode
			}
			for _, value := range v {
				if _, ok := value.(string); !ok && value != nil {
					return errInvalidNode
				}
			}
		default:
			return errInvalidNode
		}
	}
	return nil
}

// Package is a software package on a device. An empty version means that it is not there any more.
type Package struct{ Name, Version string }

// ReportPackages writes into the thing's reserved $package shadow which packages a job installed or removed, in one update,
// as the service does when a job that deploys packages succeeds. Attributes that the device reported stay; those of the
// package version are not copied (AWS IoT developer guide, reserved named shadow). A version that was deleted meanwhile is
// not reported: the guide speaks of an error then, of which nobody is told here. A shadow that would become larger than a
// shadow may be stays as it is: the job has succeeded on the device all the same. What AWS does then could not be confirmed.
func ReportPackages(tx *store.Tx, now time.Time, thing string, packages []Package) error {
	k := key{thing: thing, name: packageShadow}
	s, err := load(tx, k)
	if err != nil {
		return fmt.Errorf("report packages of thing %s: %w", thing, err)
	}
	entries := object{}
	for _, p := range packages {
		if err := p.enter(tx, s, entries); err != nil {
			return fmt.Errorf("report package %s of thing %s: %w", p.Name, thing, err)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	err = s.change(&update{state: object{reported: entries}}, now)
	if err == nil {
		err = s.save(tx, k, now)
	}
	if err == nil || errors.Is(err, errTooLarge) {
		return nil
	}
	return fmt.Errorf("report packages of thing %s: %w", thing, err)
}

// enter adds to the reported entries what changes for the package.
func (p Package) enter(tx *store.Tx, s *shadow, entries object) error {
	if p.Version == "" {
		if s.state.Reported[p.Name] != nil {
			entries[p.Name] = nil
		}
		return nil
	}
	var exists bool
	err := tx.Row("SELECT EXISTS(SELECT 1 FROM package_versions WHERE package=? AND name=?)", []any{p.Name, p.Version}, &exists)
	if exists {
		entries[p.Name] = object{"version": p.Version}
	}
	return err
}
