# Functions of state/setup, which offer resources for adoption that a failed or deleted
# stack of the site left in the account. They need $site, $region and $account.

# key PURPOSE prints the ID of the key behind the site's alias for the purpose. It exits if
# the key is scheduled for deletion: with a new key, the state could not be read.
key() {
  local alias=alias/pulumi-$1-$site id
  id=$(aws kms list-aliases --query "Aliases[?AliasName=='$alias'].TargetKeyId")
  if [[ -n $id && $(aws kms describe-key --key-id "$id" --query KeyMetadata.KeyState) == PendingDeletion ]]; then
    problem "AWS KMS in $region" "$alias" "the key $id, which is scheduled for deletion" \
      "a key in use. Cancel its deletion if a state is encrypted with it (aws kms cancel-key-deletion, then enable-key); delete the alias if not (aws kms delete-alias)"
  fi
  echo "$id"
}

# bucketExists NAME succeeds if the account owns the bucket.
bucketExists() { [[ -n $(aws s3api list-buckets --query "Buckets[?Name=='$1'].Name") ]]; }

# bucketKey NAME prints the ARN of the KMS key that the bucket encrypts with, if any.
bucketKey() {
  aws s3api get-bucket-encryption --bucket "$1" --query \
    "ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.KMSMasterKeyID"
}

# offerBucket LOGICAL NAME PROPERTIES offers a bucket and its policy, if they exist.
offerBucket() {
  bucketExists "$2" || return 0
  offer "$1" AWS::S3::Bucket BucketName "$2" "{\"BucketName\":\"$2\"$3}"
  if aws s3api get-bucket-policy --bucket "$2" >/dev/null 2>&1; then
    offer "$1Policy" AWS::S3::BucketPolicy Bucket "$2" "{\"Bucket\":\"$2\",\"PolicyDocument\":$noRights}"
  fi
}

# offerState offers the resources of backend.yaml that exist. It finds keys by their
# aliases, and the state's key also by its bucket.
offerState() {
  local bucket=multisite-state-$site-$account alias purpose logical id
  for purpose in state secrets; do
    alias=alias/pulumi-$purpose-$site
    logical=StateKey
    [[ $purpose == state ]] || logical=SecretsKey
    id=$(key "$purpose")
    [[ -z $id ]] ||
      offer "${logical}Alias" AWS::KMS::Alias AliasName "$alias" "{\"AliasName\":\"$alias\",\"TargetKeyId\":\"$id\"}"
    if [[ -z $id && $purpose == state ]] && bucketExists "$bucket"; then
      id=$(bucketKey "$bucket")
    fi
    [[ -z $id ]] || offer "$logical" AWS::KMS::Key KeyId "${id##*/}" "{}"
  done
  offerBucket State "$bucket" ',"ObjectLockEnabled":true'
  offerBucket Logs "multisite-state-logs-$site-$account" ""
}

# offerRoles TEMPLATE offers the roles and policies of the template that exist.
offerRoles() {
  local logical kind name description arn
  while read -r logical kind name description; do
    name=${name//\$\{Site\}/$site}
    description=${description//\$\{Site\}/$site}
    case $kind in
      RoleName:)
        [[ -z $(aws iam list-roles --query "Roles[?RoleName=='$name'].RoleName") ]] ||
          offer "$logical" AWS::IAM::Role RoleName "$name" "{\"RoleName\":\"$name\",\"AssumeRolePolicyDocument\":$noRights}" ;;
      ManagedPolicyName:)
        arn=$(aws iam list-policies --scope Local --query "Policies[?PolicyName=='$name'].Arn")
        [[ -z $arn ]] ||
          offer "$logical" AWS::IAM::ManagedPolicy PolicyArn "$arn" "{\"ManagedPolicyName\":\"$name\",\"PolicyDocument\":$noRights${description:+,\"Description\":\"$description\"}}" ;;
    esac
  done < <(names "$1")
}

# names TEMPLATE prints for each role and policy its logical ID, RoleName: or
# ManagedPolicyName:, its name and its description, as in the template. The description is
# needed since CloudFormation replaces a policy whose description changes.
names() {
  awk 'function flush() { if (name) print logical, kind, name, description; name = description = "" }
    /^[A-Za-z]/ { flush(); resources = /^Resources:/ }
    resources && /^  [A-Za-z0-9]+:$/ { flush(); logical = $1; sub(":", "", logical) }
    resources { sub("!Sub ", ""); gsub("[\"\047]", "") }
    resources && /^      (RoleName|ManagedPolicyName): / { kind = $1; name = $2 }
    resources && /^      Description: / { description = $0; sub(/^ *Description: /, "", description) }
    END { flush() }' "$1"
}

# noRights is an empty policy, used until deploy sets the template's policy.
noRights='{"Version":"2012-10-17","Statement":[]}'
