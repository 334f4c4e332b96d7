package iot

import (
	"context"
	"strings"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
)

// pick resolves a resource that a caller may name, give by ARN, or both, as long as both mean the same.
func (h *handlers) pick(kind string, name, arn *string) (string, error) {
	if arn == nil {
		if name == nil {
			return "", invalid("Either the name or the ARN of the %s has to be given", kind)
		}
		return *name, nil
	}
	fromARN, found := strings.CutPrefix(*arn, h.r.ARN(kind+"/"))
	if !found || fromARN == "" {
		return "", invalid("%s is not the ARN of a %s in this account and Region; it would start with %s", *arn, kind, h.r.ARN(kind+"/"))
	}
	if name != nil && *name != fromARN {
		return "", invalid("The name %s and the ARN %s are of different %ss; give one of them", *name, *arn, kind)
	}
	return fromARN, nil
}

// membership resolves the thing and the static group of a request; both must exist.
func (h *handlers) membership(tx *store.Tx, groupName, groupARN, thingName, thingARN *string) (*group, string, error) {
	gname, err := h.pick("thinggroup", groupName, groupARN)
	if err != nil {
		return nil, "", err
	}
	tname, err := h.pick("thing", thingName, thingARN)
	if err != nil {
		return nil, "", err
	}
	if err := thingExists(tx, tname); err != nil {
		return nil, "", err
	}
	g, err := needGroup(tx, gname)
	if err != nil {
		return nil, "", err
	}
	return g, tname, h.static(g)
}

// thingExists is nil when there is such a thing.
func thingExists(tx *store.Tx, name string) error {
	_, err := needThing(tx, name)
	return err
}

// addToGroup is silent when the thing is a member already.
func (h *handlers) addToGroup(_ context.Context, in *iot.AddThingToThingGroupInput) (*iot.AddThingToThingGroupOutput, error) {
	return &iot.AddThingToThingGroupOutput{}, h.update(func(tx *store.Tx) error {
		g, thing, err := h.membership(tx, in.ThingGroupName, in.ThingGroupArn, in.ThingName, in.ThingArn)
		if err != nil {
			return err
		}
		return h.addMember(tx, g, thing, in.OverrideDynamicGroups)
	})
}

// removeFromGroup is silent when the thing is not a member.
func (h *handlers) removeFromGroup(_ context.Context, in *iot.RemoveThingFromThingGroupInput) (*iot.RemoveThingFromThingGroupOutput, error) {
	return &iot.RemoveThingFromThingGroupOutput{}, h.update(func(tx *store.Tx) error {
		g, thing, err := h.membership(tx, in.ThingGroupName, in.ThingGroupArn, in.ThingName, in.ThingArn)
		if err != nil {
			return err
		}
		return h.removeMember(tx, g, thing)
	})
}

// addMember holds the limits of AWS's developer guide: ten groups for a thing, and one group of a hierarchy.
// AddThingToThingGroup declares no LimitExceededException, so both are an InvalidRequestException; AWS's texts
// are not known. With override, the youngest dynamic group of a thing that is in ten makes room (AWS IoT developer guide,
// limitations of dynamic thing groups).
func (h *handlers) addMember(tx *store.Tx, g *group, thing string, override bool) error {
	const insert = "INSERT INTO group_members(group_name,thing_name) VALUES(?,?) ON CONFLICT DO NOTHING"
	n, err := tx.Exec(insert, g.name, thing)
	if err != nil || n == 0 {
		return err
	}
	all, err := names(tx, "SELECT group_name FROM group_members WHERE thing_name=?", thing)
	if err != nil {
		return err
	}
	if len(all) > maxGroupsPerThing {
		if err := h.makeRoom(tx, thing, override); err != nil {
			return err
		}
	}
	if len(all) > 1 {
		if err := oneOfTree(tx, g, thing); err != nil {
			return err
		}
	}
	if h.hooks.MemberAdded == nil {
		return nil
	}
	return h.hooks.MemberAdded(tx, g.name, thing)
}

// makeRoom takes the thing out of the youngest dynamic group that it is in, when it may.
func (h *handlers) makeRoom(tx *store.Tx, thing string, override bool) error {
	youngest := []string{}
	if override {
		var err error
		youngest, err = names(tx, `SELECT g.name FROM group_members m JOIN thing_groups g ON g.name=m.group_name
			WHERE m.thing_name=? AND g.query IS NOT NULL ORDER BY g.created_at DESC, g.name DESC LIMIT 1`, thing)
		if err != nil {
			return err
		}
	}
	if len(youngest) == 0 {
		return invalid("Thing %s is in %d groups already, which is the limit", thing, maxGroupsPerThing)
	}
	return h.removeMember(tx, &group{name: youngest[0]}, thing)
}

// oneOfTree refuses a thing that is in another group of g's hierarchy. The membership in g itself is stored.
func oneOfTree(tx *store.Tx, g *group, thing string) error {
	const q = `WITH RECURSIVE
		up(member, name, parent) AS (
			SELECT g.name, g.name, g.parent FROM group_members m JOIN thing_groups g ON g.name=m.group_name WHERE m.thing_name=?2
			UNION ALL SELECT up.member, g.name, g.parent FROM thing_groups g JOIN up ON g.name=up.parent),
		roots(member, root) AS (SELECT member, name FROM up WHERE parent IS NULL)
		SELECT member FROM roots WHERE member<>?1 AND root=(SELECT root FROM roots WHERE member=?1) LIMIT 1`
	others, err := names(tx, q, g.name, thing)
	if err != nil || len(others) == 0 {
		return err
	}
	return invalid("Thing %s cannot be added to group %s: it is in group %s of the same hierarchy. Remove it from there first",
		thing, g.name, others[0])
}

func (h *handlers) removeMember(tx *store.Tx, g *group, thing string) error {
	n, err := tx.Exec("DELETE FROM group_members WHERE group_name=? AND thing_name=?", g.name, thing)
	if err != nil || n == 0 || h.hooks.MemberRemoved == nil {
		return err
	}
	return h.hooks.MemberRemoved(tx, g.name, thing)
}

// updateGroupsForThing takes the thing out of groups first and then adds it to others, all or nothing.
func (h *handlers) updateGroupsForThing(_ context.Context, in *iot.UpdateThingGroupsForThingInput) (*iot.UpdateThingGroupsForThingOutput, error) {
	if in.ThingName == nil {
		return nil, invalid("The name of the thing has to be given")
	}
	return &iot.UpdateThingGroupsForThingOutput{}, h.update(func(tx *store.Tx) error {
		if err := h.eachGroup(tx, in.ThingName, in.ThingGroupsToRemove, h.removeMember); err != nil {
			return err
		}
		add := func(tx *store.Tx, g *group, thing string) error {
			return h.addMember(tx, g, thing, in.OverrideDynamicGroups)
		}
		return h.eachGroup(tx, in.ThingName, in.ThingGroupsToAdd, add)
	})
}

func (h *handlers) eachGroup(tx *store.Tx, thing *string, groups []string, fn func(*store.Tx, *group, string) error) error {
	for _, name := range groups {
		g, thing, err := h.membership(tx, &name, nil, thing, nil)
		if err != nil {
			return err
		}
		if err := fn(tx, g, thing); err != nil {
			return err
		}
	}
	return nil
}
