package components

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/bounds"
)

// backupDays is how long RDS keeps the automated backups of every database, in days. No
// argument changes it.
const backupDays = bounds.MaxBackupDays

// setBackups sets the backups of a primary. Replicas have none.
func setBackups(args *rds.InstanceArgs, a DatabaseArgs, identifier pulumi.StringOutput) {
	args.BackupRetentionPeriod = pulumi.Int(backupDays)
	args.BackupWindow = pulumi.String(a.BackupWindow)
	args.DeleteAutomatedBackups = pulumi.Bool(false)
	args.FinalSnapshotIdentifier = pulumi.Sprintf("%s-final", identifier)
}

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
	// shortestWindow is the shortest window that RDS accepts, in minutes.
	shortestWindow = 30
)

var (
	days              = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	backupWindow      = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	maintenanceWindow = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$`)
)

// daily parses a backup window, and returns its start and its duration in minutes.
func daily(window string) (begin, duration int, ok bool) {
	m := backupWindow.FindStringSubmatch(window)
	if m == nil {
		return 0, 0, false
	}
	begin = minute(m[1], m[2])
	return begin, (minute(m[3], m[4]) - begin + minutesPerDay) % minutesPerDay, true
}

// CheckBackupWindow returns an error unless window is a daily window of at least 30
// minutes in UTC, such as 18:00-18:30. The caller adds the key to the error.
func CheckBackupWindow(window string) error {
	if _, duration, ok := daily(window); ok && duration >= shortestWindow {
		return nil
	}
	return fmt.Errorf("found %q; allowed: at least 30 minutes a day, in UTC, such as 18:00-18:30", window)
}

// CheckMaintenanceWindow returns an error unless window is a weekly window of 30 minutes
// to a day in UTC, such as sun:19:00-sun:20:00. RDS does not allow it to overlap the
// backup window; an empty backup is ignored. The caller adds the key to the error.
func CheckMaintenanceWindow(window, backup string) error {
	m := maintenanceWindow.FindStringSubmatch(window)
	if m != nil {
		start := slices.Index(days, m[1])*minutesPerDay + minute(m[2], m[3])
		length := (slices.Index(days, m[4])*minutesPerDay + minute(m[5], m[6]) - start + minutesPerWeek) % minutesPerWeek
		if length >= shortestWindow && length <= minutesPerDay && !meets(start, length, backup) {
			return nil
		}
	}
	exception := ""
	if backup != "" {
		exception = ", without overlap with the backup window " + backup
	}
	return fmt.Errorf("found %q; allowed: 30 minutes to a day, in UTC%s, such as sun:19:00-sun:20:00", window, exception)
}

// meets reports whether a weekly window overlaps the daily backup window.
func meets(start, length int, backup string) bool {
	begin, duration, ok := daily(backup)
	for day := -1; ok && day <= 8; day++ {
		if from := day*minutesPerDay + begin; from < start+length && start < from+duration {
			return true
		}
	}
	return false
}

func minute(hours, minutes string) int {
	h, _ := strconv.Atoi(hours) // the regular expressions above match only digits
	m, _ := strconv.Atoi(minutes)
	return 60*h + m
}
