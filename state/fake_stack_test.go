package state_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// stack is a CloudFormation stack.
type stack struct {
	status     string
	parameters map[string]string
	resources  map[string]*stackResource // by logical ID
}

type stackResource struct {
	resource
	thing  *thing
	status string
}

// identifiers maps resource types to the property with the resource's name. Other types, such
// as keys, have no such property.
var identifiers = map[string]string{
	"AWS::S3::Bucket": "BucketName", "AWS::S3::BucketPolicy": "Bucket", "AWS::KMS::Alias": "AliasName",
	"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::OIDCProvider": "Url",
}

func (f *fakeAWS) cloudFormation(operation string, get func(string) string, wanted string) (string, error) {
	name := get("stack-name")
	s := f.stacks[cmp.Or(name, wanted)]
	switch operation {
	case "describe-stacks":
		if name == "" && strings.Contains(get("query"), "ParameterKey") {
			return f.createdParameters(get("query")), nil
		}
		if s == nil {
			return "", nil
		}
		if strings.Contains(get("query"), "ParameterValue") {
			return s.parameters[wanted] + "\n", nil
		}
		status := s.status
		f.progress(cmp.Or(name, wanted))
		return status + "\n", nil
	case "describe-stack-resources":
		var failed []string
		for logical, r := range s.resources {
			if r.status == "DELETE_FAILED" {
				failed = append(failed, logical)
			}
		}
		return strings.Join(failed, "\t") + "\n", nil
	case "describe-stack-events":
		return "the events\n", nil
	case "delete-stack":
		return "", f.deleteStack(name, strings.Fields(get("retain-resources")))
	case "continue-update-rollback":
		s.status = "UPDATE_ROLLBACK_COMPLETE"
		return "", nil
	case "create-change-set":
		return "", f.changeSet(name, get)
	case "execute-change-set":
		f.stacks[name] = f.changes[name]
		for _, r := range f.stacks[name].resources {
			r.thing.stack = name
		}
		f.stacks[name].status = "IMPORT_COMPLETE"
		return "", nil
	case "wait change-set-create-complete", "wait stack-import-complete":
		return "", nil
	case "deploy":
		parameters := map[string]string{}
		for _, override := range strings.Fields(get("parameter-overrides")) {
			key, value, _ := strings.Cut(override, "=")
			parameters[key] = value
		}
		data, err := os.ReadFile(get("template-file"))
		return "", errors.Join(err, f.deploy(name, string(data), parameters, strings.Contains(f.commands[len(f.commands)-1], " --disable-rollback")))
	}
	return "", fmt.Errorf("fakeAWS does not support cloudformation %s", operation)
}

// createdParameters returns the parameters that are "make", for the query of state/account.
func (f *fakeAWS) createdParameters(query string) string {
	var created []string
	for key, value := range f.stacks[quoted.FindStringSubmatch(query)[1]].safe().parameters {
		if value == "make" {
			created = append(created, key)
		}
	}
	return strings.Join(created, "\t") + "\n"
}

// safe returns the stack, or an empty stack if there is none.
func (s *stack) safe() *stack {
	if s == nil {
		return &stack{}
	}
	return s
}

// progress completes an operation in progress, so that the next query returns its result.
func (f *fakeAWS) progress(name string) {
	s := f.stacks[name]
	switch s.status {
	case "DELETE_IN_PROGRESS":
		delete(f.stacks, name)
	case "REVIEW_IN_PROGRESS":
	default:
		s.status = strings.Replace(s.status, "_IN_PROGRESS", "_COMPLETE", 1)
	}
}

// deleteStack deletes a stack, and its resources that no DeletionPolicy retains.
func (f *fakeAWS) deleteStack(name string, retained []string) error {
	s := f.stacks[name]
	if len(retained) > 0 && s.status != "DELETE_FAILED" {
		return fmt.Errorf("ValidationError: retained resources in %s", s.status)
	}
	if f.ignoreDeletes {
		return nil
	}
	s.status = "DELETE_IN_PROGRESS"
	for logical, r := range s.resources {
		switch {
		case r.thing == nil:
		case strings.HasPrefix(r.DeletionPolicy, "Retain") || slices.Contains(retained, logical):
			r.thing.stack = ""
		case slices.Contains(f.undeletable, logical):
			r.status, s.status = "DELETE_FAILED", "DELETE_FAILED"
			continue
		default:
			f.remove(r.thing)
		}
		delete(s.resources, logical)
	}
	return nil
}

// changeSet prepares an import. Resources must exist and belong to no stack.
func (f *fakeAWS) changeSet(name string, get func(string) string) error {
	var template struct{ Resources map[string]resource }
	var imports []struct {
		ResourceType, LogicalResourceId string //nolint:revive // CloudFormation's name
		ResourceIdentifier              map[string]string
	}
	if err := errors.Join(json.Unmarshal([]byte(get("template-body")), &template), json.Unmarshal([]byte(get("resources-to-import")), &imports)); err != nil {
		return err
	}
	if get("change-set-type") != "IMPORT" || f.stacks[name] != nil || len(imports) != len(template.Resources) {
		return fmt.Errorf("ValidationError: an import creates a stack of %d resources, %d of them imported", len(template.Resources), len(imports))
	}
	s := &stack{status: "REVIEW_IN_PROGRESS", resources: map[string]*stackResource{}}
	for _, i := range imports {
		r := template.Resources[i.LogicalResourceId]
		var found *thing
		for _, value := range i.ResourceIdentifier {
			found = f.find(i.ResourceType, value)
		}
		if found == nil || found.stack != "" || r.DeletionPolicy == "" || r.Type != i.ResourceType {
			return fmt.Errorf("ValidationError: %v cannot be imported", i)
		}
		s.resources[i.LogicalResourceId] = &stackResource{r, found, "IMPORT_COMPLETE"}
	}
	f.stacks[name], f.changes[name] = &stack{status: "REVIEW_IN_PROGRESS"}, s
	return nil
}
