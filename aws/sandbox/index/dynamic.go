package index

import (
	"errors"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS General Reference: the terms that a dynamic group's query may have, and the groups that a thing may be in.
const (
	maxDynamicTerms   = 5
	maxGroupsPerThing = 10
)

// CheckDynamicQuery is nil for a query that a dynamic group can have now: the index of things is there and complete
// (AWS IoT developer guide, dynamic thing groups), and the query can be read. Texts of the refusals are not known.
func CheckDynamicQuery(tx *store.Tx, query string) error {
	c, err := readConfig(tx)
	if err != nil {
		return err
	}
	if !c.thingsOn() {
		return invalid("Dynamic thing groups need the index %s. Switch thing indexing on with UpdateIndexingConfiguration first", thingsIndex)
	}
	s, err := status(tx, thingsIndex)
	if err != nil {
		return err
	}
	if s != types.IndexStatusActive {
		return invalid("Index %s is not ready: it is being built. Try again once DescribeIndex answers ACTIVE", thingsIndex)
	}
	n, err := parse(query)
	if err == nil {
		_, err = compile(thingSchema{c}, n)
	}
	if err != nil {
		return queryError(err)
	}
	if found := terms(n); found > maxDynamicTerms {
		return &types.InvalidQueryException{Message: text("The query of a dynamic thing group can have at most %d terms; this one has %d", maxDynamicTerms, found)}
	}
	return nil
}

// queryError words what is wrong with a query as AWS's exception.
func queryError(err error) error {
	var wrong *syntaxError
	if errors.As(err, &wrong) {
		return &types.InvalidQueryException{Message: text("%s", wrong)}
	}
	return err
}

// terms counts the terms of a query.
func terms(n node) int {
	var parts []node
	switch n := n.(type) {
	case all:
		parts = n
	case some:
		parts = n
	case not:
		parts = []node{n.part}
	default:
		return 1
	}
	count := 0
	for _, part := range parts {
		count += terms(part)
	}
	return count
}

// dynamicGroup is a group whose members are the things that its query finds.
type dynamicGroup struct {
	name  string
	where condition
}

// readDynamic reads dynamic groups, the oldest first. A query that means nothing any more finds nothing.
func (p pass) readDynamic() ([]dynamicGroup, error) {
	var list []dynamicGroup
	const q = "SELECT name, query FROM thing_groups WHERE query IS NOT NULL ORDER BY created_at, name"
	err := p.tx.Each(q, nil, func(scan func(...any) error) error {
		var name, query string
		if err := scan(&name, &query); err != nil {
			return err
		}
		where, err := never, error(nil)
		n, err := parse(query)
		if err == nil {
			where, err = compile(thingSchema{p.config}, n)
		}
		var wrong *syntaxError
		if errors.As(err, &wrong) {
			where, err = never, nil
		}
		list = append(list, dynamicGroup{name, where})
		return err
	})
	return list, err
}

// dynamicGroups lets dynamic groups follow the things of the batch. A membership is itself a change of the index, which
// other groups' queries can look at; turn counts how often that has happened in a row. As many turns as there are groups
// are enough for queries that depend on each other, and end those that contradict themselves.
func (p pass) dynamicGroups(turn int64) error {
	groups, err := p.readDynamic()
	if err != nil || turn >= int64(len(groups)) {
		return err
	}
	return p.counting(turn+1, func() error {
		for _, g := range groups {
			if err := p.release(g); err != nil {
				return err
			}
		}
		for _, g := range groups {
			if err := p.admit(g); err != nil {
				return err
			}
		}
		return nil
	})
}

// counting marks the changes that fn makes with their turn.
func (p pass) counting(turn int64, fn func() error) error {
	before := int64(0)
	if err := p.tx.Row("SELECT coalesce(max(seq),0) FROM ix_changes", nil, &before); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return p.exec("UPDATE ix_changes SET turn=? WHERE seq>?", turn, before)
}

// release takes the things out of the group that its query does not find any more.
func (p pass) release(g dynamicGroup) error {
	gone, err := p.names(`SELECT b.name FROM ix_batch b JOIN group_members m ON m.group_name=? AND m.thing_name=b.name
		WHERE b.kind='thing' AND NOT EXISTS(SELECT 1 FROM ix_things t WHERE t.name=b.name AND `+g.where.sql+")",
		append([]any{g.name}, g.where.args...)...)
	for _, thing := range gone {
		if err := p.remove(g.name, thing); err != nil {
			return err
		}
	}
	return err
}

// admit adds the things to the group that its query finds; all of the batch are registered or gone from the index.
func (p pass) admit(g dynamicGroup) error {
	const q = `SELECT t.name FROM ix_batch b JOIN ix_things t ON t.name=b.name
		WHERE b.kind='thing' AND NOT EXISTS(SELECT 1 FROM group_members m WHERE m.group_name=? AND m.thing_name=t.name) AND `
	const full = "(SELECT count(*) FROM group_members m WHERE m.thing_name=t.name)>=?"
	args := append(append([]any{g.name}, g.where.args...), maxGroupsPerThing)
	crowded, err := p.names(q+g.where.sql+" AND "+full, args...)
	if err != nil {
		return err
	}
	for _, thing := range crowded {
		if err := p.makeRoom(g.name, thing); err != nil {
			return err
		}
	}
	found, err := p.names("INSERT INTO group_members(group_name,thing_name) SELECT ?, name FROM ("+q+g.where.sql+
		" AND NOT "+full+") RETURNING thing_name", append([]any{g.name}, args...)...)
	if err != nil {
		return err
	}
	for _, thing := range found {
		if err := call(p.hooks.MemberAdded, p.tx, g.name, thing); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom takes a thing that is in as many groups as it can be out of the youngest dynamic one, if that is younger than
// the group that it could join (AWS IoT developer guide, limitations of dynamic thing groups).
func (p pass) makeRoom(group, thing string) error {
	younger, err := p.names(`SELECT g.name FROM group_members m JOIN thing_groups g ON g.name=m.group_name
		JOIN thing_groups mine ON mine.name=?
		WHERE m.thing_name=? AND g.query IS NOT NULL AND (g.created_at, g.name)>(mine.created_at, mine.name)
		ORDER BY g.created_at DESC, g.name DESC LIMIT 1`, group, thing)
	if err != nil || len(younger) == 0 {
		return err
	}
	return p.remove(younger[0], thing)
}

func (p pass) remove(group, thing string) error {
	if err := p.exec("DELETE FROM group_members WHERE group_name=? AND thing_name=?", group, thing); err != nil {
		return err
	}
	return call(p.hooks.MemberRemoved, p.tx, group, thing)
}

func call(hook func(*store.Tx, string, string) error, tx *store.Tx, group, thing string) error {
	if hook == nil {
		return nil
	}
	return hook(tx, group, thing)
}

// names runs a query for one column of names, to the end: what follows may change the tables that it reads.
func (p pass) names(query string, args ...any) ([]string, error) {
	var list []string
	err := p.tx.Each(query, args, func(scan func(...any) error) error {
		var n string
		if err := scan(&n); err != nil {
			return err
		}
		list = append(list, n)
		return nil
	})
	return list, err
}

// fill holds a part of the fleet against a dynamic group that is new or has a new query. All groups are, so that older
// ones keep their precedence.
func (p pass) fill(group string) error {
	var cursor string
	err := p.tx.Row("SELECT cursor FROM ix_dynamic_builds WHERE group_name=?", []any{group}, &cursor)
	if errors.Is(err, store.ErrNoRow) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	end, err := p.stage("thing", "things", cursor) // those that the index does not have yet follow by themselves
	if err != nil {
		return err
	}
	if end == "" {
		if err := p.exec("UPDATE thing_groups SET status='ACTIVE' WHERE name=? AND query IS NOT NULL", group); err != nil {
			return err
		}
		return p.exec("DELETE FROM ix_dynamic_builds WHERE group_name=?", group)
	}
	if err := p.dynamicGroups(0); err != nil {
		return err
	}
	if err := p.exec("DELETE FROM ix_batch"); err != nil {
		return err
	}
	return p.exec("UPDATE ix_dynamic_builds SET cursor=? WHERE group_name=?", end, group)
}
