package permissions

// An Environment is a GitHub environment whose workflow jobs assume a role.
type Environment struct {
	Role Role
	// ID is the role's logical ID in the template.
	ID string
	// Environment is the environment's name in the template, with ${Site} for the site.
	Environment string
	// Variable is the environment's name in documentation, with SITE for the site.
	Variable string
	// Purpose is the role's description in AWS.
	Purpose string
	// Seconds is the role's maximum session duration.
	Seconds int
}

// Environments returns the environments of a stack. The sessions of updates and destroys last
// three hours (assumed), because these wait for databases and CloudFront, and credentials that
// expire before the end leave the state locked.
func (*data) Environments() []Environment {
	return []Environment{
		{Up, "UpRole", "${Site}", "SITE", "Updates ${Site}", 3 * 3600},
		{Drift, "DriftRole", "drift-${Site}", "drift-SITE", "Searches ${Site} for drift", 3600},
		{Preview, "PreviewRole", "preview-${Site}", "preview-SITE", "Previews ${Site}, from any branch", 3600},
		{Destroy, "DestroyRole", "destroy-${Site}", "destroy-SITE", "Takes ${Site} down", 3 * 3600},
	}
}
