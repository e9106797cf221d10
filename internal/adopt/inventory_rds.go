package adopt

import (
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

// listReplicatedBackups lists the backups that RDS replicates to a region. Backups that RDS only
// retains are not replicated any more.
func (i inventory) listReplicatedBackups(region string) error {
	var backups struct {
		DBInstanceAutomatedBackups []struct {
			DBInstanceARN                 string `json:"DBInstanceArn"`
			DBInstanceAutomatedBackupsARN string `json:"DBInstanceAutomatedBackupsArn"`
			Status                        string
		}
	}
	if err := cli.AWS(&backups, region, "rds", "describe-db-instance-automated-backups"); err != nil {
		return err
	}
	for _, b := range backups.DBInstanceAutomatedBackups {
		if !strings.EqualFold(b.Status, "retained") { // RDS writes it in small letters or capitals
			i.byKey[awstypes.BackupReplication+" "+b.DBInstanceARN] = b.DBInstanceAutomatedBackupsARN
		}
	}
	return nil
}
