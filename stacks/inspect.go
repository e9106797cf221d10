package stacks

// Copying reports whether data of the service is copied between the origin and the site.
func (s Service) Copying() bool { return s.copying() }

// CopiesDatabases reports whether the site has a replication instance.
func (s *Site) CopiesDatabases() bool { return s.copies(hasDatabase) }

// CopiesObjects reports whether the site transfers objects between the origin and its buckets.
func (s *Site) CopiesObjects() bool { return s.copies(hasBuckets) }

// Endpoints are the AWS services that the site's network has interface endpoints for.
func (s *Site) Endpoints() []string { return s.endpoints() }

// IsLocal reports whether the site is in a local data centre.
func (s *Site) IsLocal() bool { return s.Local != nil }
