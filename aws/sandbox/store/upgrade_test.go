package store

import (
	"database/sql"
	_ "embed"
	"os"
	"path/filepath"
	"testing"
)

//go:embed testdata/version1.sql
var version1 string

// TestEarlierStateIsTakenOver opens a file as the first version wrote it, with the program still holding its log.
func TestEarlierStateIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, FileName)
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const rows = `INSERT INTO settings VALUES('k','v');
		INSERT INTO things VALUES('Vehicle-VIN-001','id','SedanVehicle','{"country":"US"}',NULL,1,1000);
		INSERT INTO jobs VALUES('ota','IN_PROGRESS','SNAPSHOT',60,NULL,NULL,NULL,0,1,1,NULL,'{}','{}','{}');
		INSERT INTO executions VALUES('ota','Vehicle-VIN-001',1,'IN_PROGRESS',NULL,2,1,1,1,NULL,NULL,0);
		INSERT INTO executions VALUES('ota','Vehicle-VIN-002',1,'QUEUED',NULL,1,1,NULL,1,NULL,NULL,0);`
	if _, err := db.Exec("BEGIN;" + version1 + rows + "PRAGMA user_version=1;COMMIT;"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+"-upgrade", []byte("of an upgrade that was broken off"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	var setting, thing, job, executions, progress string
	err = s.View(func(tx *Tx) error {
		return tx.Row(`SELECT (SELECT value FROM settings WHERE name='k'), (SELECT name||type||attributes_json||version FROM things),
			(SELECT id||status||timeout_minutes FROM jobs), (SELECT group_concat(thing_name||status||version) FROM executions),
			(SELECT job_id||queued||in_progress||notified||rolling FROM job_progress)`, nil, &setting, &thing, &job, &executions, &progress)
	})
	if err != nil {
		t.Fatal(err)
	}
	if setting != "v" || thing != `Vehicle-VIN-001SedanVehicle{"country":"US"}1` || job != "otaIN_PROGRESS60" ||
		executions != "Vehicle-VIN-001IN_PROGRESS2,Vehicle-VIN-002QUEUED1" || progress != "ota1120" {
		t.Errorf("the state is %q, %q, %q, %q, %q", setting, thing, job, executions, progress)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir) // as one of this version
	if err := s.Update(func(tx *Tx) error { return tx.SetSetting("k", "w") }); err != nil {
		t.Fatal(err)
	}
}
