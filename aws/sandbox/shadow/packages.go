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

// ReportPackage writes into the thing's reserved $package shadow that the version of a package is installed, as
// the service does when a job that deploys packages succeeds. An empty version removes the package's entry.
// Attributes that the device reported stay; those of the package version are not copied. A shadow that would become
// larger than a shadow may be stays as it is: the job has succeeded on the device all the same. What AWS does then could
// not be confirmed.
func ReportPackage(tx *store.Tx, now time.Time, thing, pkg, version string) error {
	err := report(tx, now, key{thing: thing, name: packageShadow}, pkg, version)
	if err == nil || errors.Is(err, errTooLarge) {
		return nil
	}
	return fmt.Errorf("report package %s of thing %s: %w", pkg, thing, err)
}

func report(tx *store.Tx, now time.Time, k key, pkg, version string) error {
	s, err := load(tx, k)
	if err != nil {
		return err
	}
	if version == "" && s.state.Reported[pkg] == nil {
		return nil // nothing to remove
	}
	var entry any
	if version != "" {
		entry = object{"version": version}
	}
	if err := s.change(&update{state: object{reported: object{pkg: entry}}}, now); err != nil {
		return err
	}
	return s.save(tx, k, now)
}
