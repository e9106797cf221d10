# Functions of state/setup and state/account: they bring one CloudFormation stack to
# what its template says, whatever an earlier run left behind. They need $region and
# the array tags.

# The region is the script's: the environment's may be another.
aws() { AWS_PAGER="" command aws --region "$region" --output text "$@"; }

say() { echo "$*" >&2; }

# problem FILE KEY FOUND ALLOWED ends the run.
problem() { say "$1: $2: found $3; allowed: $4"; exit 1; }

# status STACK prints the stack's status, or nothing where there is no such stack.
status() { aws cloudformation describe-stacks --query "Stacks[?StackName=='$1'].StackStatus"; }

# settle STACK waits for an operation in progress, and deletes a stack that CloudFormation
# cannot update. What its resources hold stays: see adopt.
settle() {
  local status failed attempts=0
  while status=$(status "$1"); do
    ((attempts < 4)) || problem "CloudFormation in $region" "$1" "$status, after $attempts attempts to recover it" \
      "a stack that can be deleted or rolled back; its events name the cause"
    case $status in
      CREATE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED | REVIEW_IN_PROGRESS | IMPORT_ROLLBACK_COMPLETE | IMPORT_ROLLBACK_FAILED)
        say "Deleting the CloudFormation stack $1, which an earlier run left in $status."
        ((++attempts))
        aws cloudformation delete-stack --stack-name "$1" ;;
      DELETE_FAILED) # what cannot be deleted is left, and adopted afterwards
        failed=$(aws cloudformation describe-stack-resources --stack-name "$1" \
          --query "StackResources[?ResourceStatus=='DELETE_FAILED'].LogicalResourceId")
        say "Deleting the CloudFormation stack $1, which is in $status, without: ${failed//$'\t'/ }."
        ((++attempts))
        # shellcheck disable=SC2086 # one argument for each resource
        aws cloudformation delete-stack --stack-name "$1" ${failed:+--retain-resources $failed} ;;
      UPDATE_ROLLBACK_FAILED)
        say "Finishing the rollback of the CloudFormation stack $1."
        ((++attempts))
        aws cloudformation continue-update-rollback --stack-name "$1" ;;
      *_IN_PROGRESS) say "Waiting for the CloudFormation stack $1, which is in $status." ;;
      *) return ;;
    esac
    sleep 5
  done
}

# offer LOGICAL TYPE IDENTIFIER VALUE PROPERTIES adds a resource that exists to what
# adopt imports. PROPERTIES are JSON: those that CloudFormation requires or cannot change.
imports="" resources=""
offer() {
  say "Adopting $4, which an earlier run left behind."
  imports+="${imports:+,}{\"ResourceType\":\"$2\",\"LogicalResourceId\":\"$1\",\"ResourceIdentifier\":{\"$3\":\"$4\"}}"
  resources+="${resources:+,}\"$1\":{\"Type\":\"$2\",\"DeletionPolicy\":\"Retain\",\"UpdateReplacePolicy\":\"Retain\",\"Properties\":$5}"
}

# adopt STACK makes a stack of what was offered, if anything was. CloudFormation imports
# by name alone only where names are constants, and creates nothing beside an import
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html):
# so the import has a template of its own, and deploy adds the rest.
adopt() {
  [[ -n $imports ]] || return 0
  aws cloudformation create-change-set --stack-name "$1" --change-set-name adopt --change-set-type IMPORT \
    --resources-to-import "[$imports]" --template-body "{\"Resources\":{$resources}}" --capabilities CAPABILITY_NAMED_IAM >/dev/null
  aws cloudformation wait change-set-create-complete --stack-name "$1" --change-set-name adopt
  aws cloudformation execute-change-set --stack-name "$1" --change-set-name adopt
  aws cloudformation wait stack-import-complete --stack-name "$1"
  imports="" resources=""
}

# deploy STACK TEMPLATE [PARAMETER=VALUE...] creates or updates the stack. Parameters that
# are not named keep their values.
deploy() {
  local stack=$1 template=$2 options=()
  shift 2
  # A rollback would take from what was adopted all that its own template does not have.
  case $(status "$stack") in IMPORT_COMPLETE | UPDATE_FAILED) options=(--disable-rollback) ;; esac
  (($# == 0)) || options+=(--parameter-overrides "$@")
  say "Deploying the CloudFormation stack $stack in $region."
  if ! aws cloudformation deploy --stack-name "$stack" --template-file "$template" --tags "${tags[@]}" \
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset ${options[@]+"${options[@]}"} >&2; then
    aws cloudformation describe-stack-events --stack-name "$stack" --max-items 50 \
      --query "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[LogicalResourceId, ResourceStatusReason]" >&2 || true
    problem "CloudFormation in $region" "$stack" "the failure above" "repeating this command, once its cause is gone"
  fi
}
