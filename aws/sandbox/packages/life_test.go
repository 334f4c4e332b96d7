package packages

import (
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// catalogModel is what the catalog should hold: the versions of one package with their statuses and attributes.
type catalogModel struct {
	h          *handlers
	exists     bool
	byDefault  string
	status     map[string]types.PackageVersionStatus
	attributes map[string]string
}

// expect compares a call's outcome with what the model says.
func (m *catalogModel) expect(t *rapid.T, what string, err error, want bool) {
	t.Helper()
	if (err == nil) != want {
		t.Fatalf("%s: %v, want success %v with %+v", what, err, want, m)
	}
}

func (m *catalogModel) create(t *rapid.T, v string) {
	_, err := m.h.createVersion(ctx, &iot.CreatePackageVersionInput{PackageName: p("P"), VersionName: &v, Attributes: map[string]string{"k": "new"}})
	fine := m.exists && m.status[v] == ""
	m.expect(t, "create "+v, err, fine)
	if fine {
		m.status[v], m.attributes[v] = types.PackageVersionStatusDraft, "new"
	}
}

func (m *catalogModel) act(t *rapid.T, v string, action types.PackageVersionAction, to types.PackageVersionStatus) {
	_, err := m.h.updateVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: p("P"), VersionName: &v, Action: action})
	draft := m.status[v] == types.PackageVersionStatusDraft
	fine := m.status[v] != "" && !(draft && action == types.PackageVersionActionDeprecate)
	m.expect(t, string(action)+" "+v, err, fine)
	if fine {
		m.status[v] = to
	}
}

func (m *catalogModel) edit(t *rapid.T, v string) {
	_, err := m.h.updateVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: p("P"), VersionName: &v, Attributes: map[string]string{"k": "edited"}})
	fine := m.status[v] == types.PackageVersionStatusDraft
	m.expect(t, "edit "+v, err, fine)
	if fine {
		m.attributes[v] = "edited"
	}
}

func (m *catalogModel) setDefault(t *rapid.T, v string) {
	_, err := m.h.updatePackage(ctx, &iot.UpdatePackageInput{PackageName: p("P"), DefaultVersionName: &v})
	fine := m.status[v] == types.PackageVersionStatusPublished || m.status[v] == types.PackageVersionStatusDeprecated
	m.expect(t, "default "+v, err, fine)
	if fine {
		m.byDefault = v
	}
}

func (m *catalogModel) remove(t *rapid.T, v string) {
	_, err := m.h.deleteVersion(ctx, &iot.DeletePackageVersionInput{PackageName: p("P"), VersionName: &v})
	m.expect(t, "delete "+v, err, m.byDefault != v)
	if err == nil {
		delete(m.status, v)
	}
}

func (m *catalogModel) removePackage(t *rapid.T) {
	_, err := m.h.deletePackage(ctx, &iot.DeletePackageInput{PackageName: p("P")})
	m.expect(t, "delete the package", err, len(m.status) == 0)
	if err == nil {
		m.exists = false
	}
}

// check reads everything back.
func (m *catalogModel) check(t *rapid.T) {
	got, err := m.h.getPackage(ctx, &iot.GetPackageInput{PackageName: p("P")})
	m.expect(t, "get the package", err, m.exists)
	if m.exists && (got.DefaultVersionName == nil) != (m.byDefault == "") {
		t.Fatalf("default is %v, want %q", got.DefaultVersionName, m.byDefault)
	}
	for _, v := range []string{"1", "2"} {
		got, err := m.h.getVersion(ctx, &iot.GetPackageVersionInput{PackageName: p("P"), VersionName: &v})
		m.expect(t, "get "+v, err, m.status[v] != "")
		if err == nil && (got.Status != m.status[v] || got.Attributes["k"] != m.attributes[v]) {
			t.Fatalf("version %s is %s %v, want %s %s", v, got.Status, got.Attributes, m.status[v], m.attributes[v])
		}
	}
}

// TestCatalogFollowsItsRules walks at random through the life of a package and compares the catalog with a model.
func TestCatalogFollowsItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, err := store.Open("")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		m := &catalogModel{h: &handlers{r: &realm.Realm{Store: s, Clock: clock.NewManual(start), Account: realm.Account, Region: "us-east-1"}},
			status: map[string]types.PackageVersionStatus{}, attributes: map[string]string{}}
		version := rapid.SampledFrom([]string{"1", "2"})
		t.Repeat(map[string]func(*rapid.T){
			"create package": func(t *rapid.T) {
				_, err := m.h.createPackage(ctx, &iot.CreatePackageInput{PackageName: p("P")})
				m.expect(t, "create the package", err, !m.exists)
				m.exists = true
			},
			"create":    func(t *rapid.T) { m.create(t, version.Draw(t, "version")) },
			"publish":   func(t *rapid.T) { m.act(t, version.Draw(t, "version"), "PUBLISH", "PUBLISHED") },
			"deprecate": func(t *rapid.T) { m.act(t, version.Draw(t, "version"), "DEPRECATE", "DEPRECATED") },
			"edit":      func(t *rapid.T) { m.edit(t, version.Draw(t, "version")) },
			"default":   func(t *rapid.T) { m.setDefault(t, version.Draw(t, "version")) },
			"unset": func(t *rapid.T) {
				_, err := m.h.updatePackage(ctx, &iot.UpdatePackageInput{PackageName: p("P"), UnsetDefaultVersion: p(true)})
				m.expect(t, "unset", err, m.exists)
				m.byDefault = ""
			},
			"delete":         func(t *rapid.T) { m.remove(t, version.Draw(t, "version")) },
			"delete package": m.removePackage,
			"":               m.check,
		})
	})
}

// TestQuotas fills the account with versions and packages and asks for one more of each.
func TestQuotas(t *testing.T) {
	t.Parallel()
	h, clk := open(t)
	ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("P")})
	err := h.r.Store.Update(func(tx *store.Tx) error {
		_, err := tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?)
			INSERT INTO package_versions(package,name,attributes_json,status,created_at,modified_at) SELECT 'P', 'v'||i, '{}', 'DRAFT', 0, 0 FROM n`, maxVersions-1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	makeVersion(t, h, "P", "last")
	refused(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: p("P"), VersionName: p("more")}, "ServiceQuotaExceededException")
	refused(t, h.getVersion, &iot.GetPackageVersionInput{PackageName: p("P"), VersionName: p("more")}, "ResourceNotFoundException")
	refused(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: p("P"), VersionName: p("last")}, "ConflictException")
	token := p(strings.Repeat("t", 36)) // what was refused is not remembered
	in := &iot.CreatePackageVersionInput{PackageName: p("P"), VersionName: p("more"), ClientToken: token}
	refused(t, h.createVersion, in, "ServiceQuotaExceededException")
	clk.Advance(time.Second)
	ok(t, h.deleteVersion, &iot.DeletePackageVersionInput{PackageName: p("P"), VersionName: p("last")})
	ok(t, h.createVersion, in)
}
