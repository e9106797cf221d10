package state_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// immutable lists the properties whose change makes CloudFormation replace the resource
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).
var immutable = map[string][]string{
	"AWS::S3::Bucket": {"BucketName", "ObjectLockEnabled"}, "AWS::S3::BucketPolicy": {"Bucket"}, "AWS::KMS::Alias": {"AliasName"},
	"AWS::IAM::Role": {"RoleName", "Path"}, "AWS::IAM::ManagedPolicy": {"ManagedPolicyName", "Path", "Description"},
	"AWS::IAM::OIDCProvider": {"Url"},
}

// deploy creates or updates a stack, resource by resource, and rolls back after a failure.
func (f *fakeAWS) deploy(name, text string, parameters map[string]string, keep bool) error {
	var template struct {
		Parameters map[string]struct {
			Default string `yaml:"Default"`
		} `yaml:"Parameters"`
		Resources map[string]resource `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(text), &template); err != nil {
		return err
	}
	s, isNew := f.stacks[name], f.stacks[name] == nil
	if isNew {
		s = &stack{parameters: map[string]string{}, resources: map[string]*stackResource{}}
		f.stacks[name] = s
	} else if s.status == "ROLLBACK_COMPLETE" || strings.HasSuffix(s.status, "_FAILED") && s.status != "UPDATE_FAILED" {
		return fmt.Errorf("ValidationError: Stack:%s is in %s state and can not be updated", name, s.status)
	}
	before := maps.Clone(s.parameters)
	if s.parameters == nil {
		s.parameters = map[string]string{}
	}
	for key, p := range template.Parameters {
		if _, known := s.parameters[key]; !known {
			s.parameters[key] = p.Default
		}
	}
	maps.Copy(s.parameters, parameters)
	var created []string
	for _, logical := range order(template.Resources) {
		r := template.Resources[logical]
		if value, conditional := s.condition(r.Condition); conditional && !value {
			if old := s.resources[logical]; old != nil {
				old.thing.stack = "" // every DeletionPolicy here retains
				delete(s.resources, logical)
			}
			continue
		}
		if old := s.resources[logical]; old != nil && old.thing != nil {
			for _, property := range immutable[r.Type] {
				if now := s.resolve(r.Properties[property]); !reflect.DeepEqual(now, s.resolve(old.Properties[property])) {
					f.t.Errorf("%s: %s would be replaced because of its property %s", name, logical, property)
				}
			}
			old.resource = r
			continue
		}
		err := f.create(s, name, logical, r)
		if err == nil {
			created = append(created, logical)
			continue
		}
		switch {
		case keep:
			s.status = "UPDATE_FAILED"
		case isNew:
			s.status = "ROLLBACK_COMPLETE"
			f.rollBack(s, append(created, logical))
		default:
			s.status, s.parameters = "UPDATE_ROLLBACK_COMPLETE", before
			f.rollBack(s, append(created, logical))
		}
		return err
	}
	s.status = "UPDATE_COMPLETE"
	if isNew {
		s.status = "CREATE_COMPLETE"
	}
	return nil
}

// create creates one resource, whose name must be free.
func (f *fakeAWS) create(s *stack, name, logical string, r resource) error {
	t := &thing{typ: r.Type, stack: name, id: fmt.Sprintf("%s-%d", strings.ToLower(logical), len(f.things))}
	if property := identifiers[r.Type]; property != "" {
		if t.name = strings.TrimPrefix(fmt.Sprint(s.resolve(r.Properties[property])), "https://"); f.find(r.Type, t.name) != nil {
			return fmt.Errorf("%s: %s already exists", logical, t.name)
		}
	}
	if target := s.resources[fmt.Sprint(r.Properties["TargetKeyId"])]; target != nil {
		t.key = target.thing.id
	} else if target := s.resources["StateKey"]; target != nil && logical == "State" {
		t.key = target.thing.id
	}
	if fails := slices.Contains(f.failing, logical); fails && !f.halfCreated {
		return fmt.Errorf("%s: not authorized", logical)
	} else if fails {
		s.resources[logical] = &stackResource{r, t, "CREATE_FAILED"}
		f.things = append(f.things, t)
		return fmt.Errorf("%s: did not stabilize", logical)
	}
	s.resources[logical] = &stackResource{r, t, "CREATE_COMPLETE"}
	f.things = append(f.things, t)
	return nil
}

// rollBack deletes the resources that an operation created, except those with Retain
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
func (f *fakeAWS) rollBack(s *stack, created []string) {
	for _, logical := range slices.Backward(created) {
		r := s.resources[logical]
		switch {
		case r == nil:
			continue
		case r.DeletionPolicy == "Retain":
			r.thing.stack = ""
		case slices.Contains(f.undeletable, logical):
			s.status = strings.Replace(s.status, "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", 1)
			continue
		default:
			f.remove(r.thing)
		}
		delete(s.resources, logical)
	}
}

// condition evaluates a condition by its name, MakeX or HasX of a parameter X. Conditional is
// false if the resource has no condition.
func (s *stack) condition(name string) (value, conditional bool) {
	if parameter, has := strings.CutPrefix(name, "Has"); has {
		return s.parameters[parameter] != "" && s.parameters[parameter] != account, true
	}
	return s.parameters[strings.TrimPrefix(name, "Make")] == "make", name != ""
}

// resolve replaces parameters with their values.
func (s *stack) resolve(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	if parameter, is := s.parameters[text]; is {
		return parameter
	}
	if target := s.resources[text]; target != nil && target.thing != nil && target.thing.name != "" {
		return target.thing.name
	}
	return strings.NewReplacer("${Site}", s.parameters["Site"], "${AWS::AccountId}", account).Replace(text)
}

// order lists resources after the resources that they refer to.
func order(resources map[string]resource) (list []string) {
	var visit func(logical string)
	visit = func(logical string) {
		if slices.Contains(list, logical) {
			return
		}
		r := resources[logical]
		text := fmt.Sprint(r.DependsOn, r.Properties)
		for _, other := range slices.Sorted(maps.Keys(resources)) {
			if other != logical && mentions(text, other) {
				visit(other)
			}
		}
		list = append(list, logical)
	}
	for _, logical := range slices.Sorted(maps.Keys(resources)) {
		visit(logical)
	}
	return list
}

// mentions reports whether a rendered value refers to a resource: Key, Key.Arn or ${Key.Arn}.
func mentions(text, logical string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" []{}:$/", r) }) {
		if word == logical || strings.HasPrefix(word, logical+".") {
			return true
		}
	}
	return false
}
