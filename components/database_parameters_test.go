package components

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leaks are statements with a password or a user's data, each of which is the word
// secret.
const leaks = `
CREATE ROLE app LOGIN PASSWORD 'secret';
ALTER ROLE app WITH ENCRYPTED PASSWORD 'secret';
CREATE ROLE app PASSWORD 'secret';
CREATE ROLE other PASWORD 'secret';
CREATE EXTENSION postgres_fdw;
CREATE SERVER remote FOREIGN DATA WRAPPER postgres_fdw;
CREATE USER MAPPING FOR app SERVER remote OPTIONS (password 'secret');
CREATE TABLE users (email text PRIMARY KEY DEFAULT 'secret');
INSERT INTO users VALUES ('secret');
INSERT INTO users VALUES ('secret');
SELECT pg_sleep(1.1), 'secret';
GRANT SELECT ON users TO app;
`

// TestServerLogsHoldNoSecrets runs a real PostgreSQL server with the parameters of a
// database. The server's log must contain the connections and the changes of roles, but
// no password and no data. The test requires Debian's packages postgresql and
// postgresql-N-pgaudit.
func TestServerLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	libraries, _ := filepath.Glob("/usr/lib/postgresql/*/lib/pgaudit.so")
	if len(libraries) == 0 {
		t.Skip("PostgreSQL with pgaudit is not installed")
	}
	bin := filepath.Join(filepath.Dir(filepath.Dir(libraries[0])), "bin")
	dir, err := os.MkdirTemp("", "postgres") // short, because the path of a socket is limited
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	run := func(stdin, name string, args ...string) string {
		command := exec.Command(filepath.Join(bin, name), args...)
		command.Dir, command.Stdin = dir, strings.NewReader(stdin)
		command.SysProcAttr = notRoot(t, dir)
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s: %s", name, output)
		return string(output)
	}
	run("", "initdb", "--auth=trust", "--username=postgres", "--no-sync", "data")
	var settings strings.Builder
	for _, p := range databaseParameters(DatabaseArgs{}) {
		if !strings.HasPrefix(p.name, "rds.") {
			fmt.Fprintf(&settings, "%s = '%s'\n", p.name, p.value)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "postgresql.auto.conf"), []byte(settings.String()), 0o644))
	run("", "pg_ctl", "-D", "data", "-l", "log", "-w", "-o", "-c listen_addresses='' -c fsync=off -k "+dir, "start")
	printed := run(leaks, "psql", "-h", dir, "-U", "postgres", "-d", "postgres")
	run("", "pg_ctl", "-D", "data", "-w", "stop")

	assert.Contains(t, printed, "duplicate key", "the statements must have run")
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	require.NoError(t, err)
	for _, line := range bytes.Split(log, []byte("\n")) {
		assert.NotContains(t, string(line), "secret")
	}
	for _, expected := range []string{"connection authorized: user=postgres", "CREATE ROLE app LOGIN PASSWORD <REDACTED>", "GRANT SELECT ON users TO app", "duplicate key"} {
		assert.Contains(t, string(log), expected)
	}
}

// notRoot returns the attributes that run a process as the user postgres if the test runs
// as root, which PostgreSQL refuses. It makes that user the owner of dir.
func notRoot(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	require.NoError(t, err)
	ids := []int{}
	for _, id := range []string{account.Uid, account.Gid} {
		n, err := strconv.Atoi(id)
		require.NoError(t, err)
		ids = append(ids, n)
	}
	require.NoError(t, os.Chown(dir, ids[0], ids[1]))
	id := func(i int) uint32 { return uint32(ids[i]) }
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id(0), Gid: id(1)}}
}
