package components

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
	// shortestWindow is the shortest that RDS accepts, in minutes.
	shortestWindow = 30
)

var (
	days              = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	backupWindow      = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	maintenanceWindow = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$`)
)

// CheckBackupWindow demands a daily window, in UTC, such as 18:00-18:30.
func CheckBackupWindow(window string) error {
	if m := backupWindow.FindStringSubmatch(window); m != nil {
		if (minute(m[3], m[4])-minute(m[1], m[2])+minutesPerDay)%minutesPerDay >= shortestWindow {
			return nil
		}
	}
	return fmt.Errorf("found %q, allowed are at least 30 minutes a day, in UTC, such as 18:00-18:30", window)
}

// CheckMaintenanceWindow demands a weekly window, in UTC, such as
// sun:19:00-sun:20:00, apart from the backup window: RDS allows no overlap.
func CheckMaintenanceWindow(window, backup string) error {
	m := maintenanceWindow.FindStringSubmatch(window)
	if m != nil {
		start := slices.Index(days, m[1])*minutesPerDay + minute(m[2], m[3])
		length := (slices.Index(days, m[4])*minutesPerDay + minute(m[5], m[6]) - start + minutesPerWeek) % minutesPerWeek
		if length >= shortestWindow && length <= minutesPerDay && !meets(start, length, backup) {
			return nil
		}
	}
	return fmt.Errorf("found %q, allowed are 30 minutes to a day, in UTC and apart from the backup window %s, such as sun:19:00-sun:20:00", window, backup)
}

// meets reports whether a weekly window overlaps the daily one.
func meets(start, length int, daily string) bool {
	m := backupWindow.FindStringSubmatch(daily)
	if m == nil {
		return false
	}
	begin := minute(m[1], m[2])
	lasts := (minute(m[3], m[4]) - begin + minutesPerDay) % minutesPerDay
	for day := -1; day <= 8; day++ {
		if from := day*minutesPerDay + begin; from < start+length && start < from+lasts {
			return true
		}
	}
	return false
}

func minute(hours, minutes string) int {
	h, _ := strconv.Atoi(hours) // digits, by the forms above
	m, _ := strconv.Atoi(minutes)
	return 60*h + m
}
