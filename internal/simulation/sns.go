package simulation

const topic = "aws:sns/topic:Topic"

func init() {
	model(map[string]*Type{
		topic: {
			ID: "arn:aws:sns:{region}:{account}:{name}", Name: "name", Tagged: true,
			Missing: "NotFound", Taken: "InvalidParameter",
			Outputs: merge(feedback(), map[string]any{
				"arn": "{id}", "owner": "{account}", "namePrefix": "", "displayName": "", "deliveryPolicy": "", "archivePolicy": "",
				"beginningArchiveTime": "", "contentBasedDeduplication": false, "fifoTopic": false, "fifoThroughputScope": "",
				"signatureVersion": 0, "tracingConfig": "", "policy": "",
			}),
			Replace: []string{"name", "fifoTopic"},
		},
		"aws:sns/topicPolicy:TopicPolicy": {
			ID: "{arn}", Overwritten: true,
			Missing: "NotFound", Taken: "InvalidParameter",
			Outputs: map[string]any{"owner": "{account}"},
			Replace: []string{"arn"},
			Valid:   map[string]Rule{"policy": policy},
		},
		"aws:sns/topicSubscription:TopicSubscription": {
			ID: "{topic}:{uuid}", Overwritten: true,
			Missing: "NotFound", Taken: "InvalidParameter",
			Outputs: map[string]any{
				"arn": "{id}", "ownerId": "{account}", "confirmationWasAuthenticated": false, "pendingConfirmation": true,
				"rawMessageDelivery": false, "deliveryPolicy": "", "filterPolicy": "", "filterPolicyScope": "", "redrivePolicy": "",
				"replayPolicy": "", "subscriptionRoleArn": "", "confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": false,
			},
			Replace: []string{"topic", "protocol", "endpoint"},
			Valid:   map[string]Rule{"protocol": oneOf("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")},
		},
	})
}

// feedback returns a topic's outputs for delivery status logging, for each protocol.
func feedback() map[string]any {
	outputs := map[string]any{}
	for _, protocol := range []string{"application", "firehose", "http", "lambda", "sqs"} {
		outputs[protocol+"FailureFeedbackRoleArn"], outputs[protocol+"SuccessFeedbackRoleArn"] = "", ""
		outputs[protocol+"SuccessFeedbackSampleRate"] = 0
	}
	return outputs
}
