package permissions

// An Environment is the GitHub environment in which a workflow takes on a role.
type Environment struct {
	Role Role
	// ID is the role's logical ID in the template.
	ID string
	// Environment is its name, with ${Site} for the site's.
	Environment string
	// Variable is the name as people write it.
	Variable string
	Purpose  string
	// Seconds is the longest session.
	Seconds int
}

// Environments returns those of a stack. An update waits for databases and for
// CloudFront, and credentials that end before it leave its lock behind.
func (*data) Environments() []Environment {
	return []Environment{
		{Up, "UpRole", "${Site}", "SITE", "Updates ${Site}", 3 * 3600},
		{Drift, "DriftRole", "drift-${Site}", "drift-SITE", "Looks for drift in ${Site}", 3600},
		{Preview, "PreviewRole", "preview-${Site}", "preview-SITE", "Previews ${Site}, from any branch", 3600},
		{Destroy, "DestroyRole", "destroy-${Site}", "destroy-SITE", "Takes ${Site} down", 3 * 3600},
	}
}
