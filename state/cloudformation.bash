# Functions of state/setup and state/account, which create or update one CloudFormation
# stack from its template, whatever an earlier run left. They need $region and the array
# tags.

# aws uses the script's region; the environment's may differ.
aws() { AWS_PAGER="" command aws --region "$region" --output text "$@"; }

# log MESSAGE prints to standard error.
log() { echo "$*" >&2; }

# problem FILE KEY FOUND ALLOWED prints the problem and exits.
problem() { log "$1: $2: found $3; allowed: $4"; exit 1; }

# status STACK prints the stack's status, or nothing if there is no such stack.
status() { aws cloudformation describe-stacks --query "Stacks[?StackName=='$1'].StackStatus"; }

# settle STACK waits for an operation in progress, and deletes a stack that CloudFormation
# cannot update. Its resources are retained, and adopt imports them.
settle() {
  local status failed attempts=0
  while status=$(status "$1"); do
    ((attempts < 4)) || problem "CloudFormation in $region" "$1" "$status, after $attempts attempts to recover it" \
      "a stack that can be deleted or rolled back; its events name the cause"
    case $status in
      CREATE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED | REVIEW_IN_PROGRESS | IMPORT_ROLLBACK_COMPLETE | IMPORT_ROLLBACK_FAILED)
        log "Deleting the CloudFormation stack $1, which an earlier run left in $status."
        ((++attempts))
        aws cloudformation delete-stack --stack-name "$1" ;;
      DELETE_FAILED) # resources that cannot be deleted are retained, and adopted afterwards
        failed=$(aws cloudformation describe-stack-resources --stack-name "$1" \
          --query "StackResources[?ResourceStatus=='DELETE_FAILED'].LogicalResourceId")
        log "Deleting the CloudFormation stack $1, which is in $status, without: ${failed//$'\t'/ }."
        ((++attempts))
        # shellcheck disable=SC2086 # one argument for each resource
        aws cloudformation delete-stack --stack-name "$1" ${failed:+--retain-resources $failed} ;;
      UPDATE_ROLLBACK_FAILED)
        log "Finishing the rollback of the CloudFormation stack $1."
        ((++attempts))
        aws cloudformation continue-update-rollback --stack-name "$1" ;;
      *_IN_PROGRESS) log "Waiting for the CloudFormation stack $1, which is in $status." ;;
      *) return ;;
    esac
    sleep 5
  done
}

# offer LOGICAL TYPE IDENTIFIER VALUE PROPERTIES adds an existing resource to the import of
# adopt. PROPERTIES is JSON: the properties that CloudFormation requires or cannot change.
imports="" resources=""
offer() {
  log "Adopting $4, which an earlier run left."
  imports+="${imports:+,}{\"ResourceType\":\"$2\",\"LogicalResourceId\":\"$1\",\"ResourceIdentifier\":{\"$3\":\"$4\"}}"
  resources+="${resources:+,}\"$1\":{\"Type\":\"$2\",\"DeletionPolicy\":\"Retain\",\"UpdateReplacePolicy\":\"Retain\",\"Properties\":$5}"
}

# adopt STACK creates a stack from the offered resources, if there are any. CloudFormation
# imports resources by name alone only where names are constants, and an import cannot
# also create resources
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html).
# Therefore the import has its own template, and deploy adds the other resources.
adopt() {
  [[ -n $imports ]] || return 0
  aws cloudformation create-change-set --stack-name "$1" --change-set-name adopt --change-set-type IMPORT \
    --resources-to-import "[$imports]" --template-body "{\"Resources\":{$resources}}" --capabilities CAPABILITY_NAMED_IAM >/dev/null
  aws cloudformation wait change-set-create-complete --stack-name "$1" --change-set-name adopt
  aws cloudformation execute-change-set --stack-name "$1" --change-set-name adopt
  aws cloudformation wait stack-import-complete --stack-name "$1"
  imports="" resources=""
}

# deploy STACK TEMPLATE [PARAMETER=VALUE...] creates or updates the stack. Other parameters
# keep their values.
deploy() {
  local stack=$1 template=$2 options=()
  shift 2
  # A rollback would reset adopted resources to the properties of the import's template.
  case $(status "$stack") in IMPORT_COMPLETE | UPDATE_FAILED) options=(--disable-rollback) ;; esac
  (($# == 0)) || options+=(--parameter-overrides "$@")
  log "Deploying the CloudFormation stack $stack in $region."
  if ! aws cloudformation deploy --stack-name "$stack" --template-file "$template" --tags "${tags[@]}" \
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset ${options[@]+"${options[@]}"} >&2; then
    aws cloudformation describe-stack-events --stack-name "$stack" --max-items 50 \
      --query "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[LogicalResourceId, ResourceStatusReason]" >&2 || true
    problem "CloudFormation in $region" "$stack" "the failure above" "repeating this command after you removed the cause"
  fi
}
