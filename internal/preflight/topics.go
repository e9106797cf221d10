package preflight

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/report"
)

// checkTopics warns about alarms without subscribers.
func checkTopics(s *session) []report.Line {
	emails := s.emails()
	if len(emails) == 0 {
		return []report.Line{{
			Severity: report.Warn, Subject: s.file() + ": multisite:alarms.emails", Found: "none", Needed: "an address, which receives the alarms",
			Do: "run pulumi config set --stack " + s.stack + " --path 'multisite:alarms.emails[0]' ADDRESS",
		}}
	}
	var lines []report.Line
	for _, topic := range s.ofType(awstypes.Topic) {
		lines = append(lines, s.checkTopic(topic.Text("arn"), emails)...)
	}
	if len(lines) == 0 {
		lines = []report.Line{{
			Severity: report.OK, Subject: "subscribers of alarms", Found: strings.Join(emails, ", "),
			Do: "after the update, follow the link that AWS sends to each address",
		}}
	}
	return lines
}

// checkTopic warns about addresses without a confirmed subscription to a topic.
func (s *session) checkTopic(arn string, emails []string) []report.Line {
	subject := "subscribers of " + arn
	parts := strings.Split(arn, ":") // arn:aws:sns:REGION:ACCOUNT:NAME
	if len(parts) < 6 {
		return []report.Line{report.Unchecked(subject, fmt.Errorf("the topic's ARN in the state is %q", arn))}
	}
	var found struct {
		Subscriptions []struct{ SubscriptionArn, Protocol, Endpoint string }
	}
	if err := s.client.AWS(&found, parts[3], "sns", "list-subscriptions-by-topic", "--topic-arn", arn); err != nil {
		return []report.Line{report.Unchecked(subject, err)}
	}
	var confirmed, pending []string
	for _, subscription := range found.Subscriptions {
		if subscription.SubscriptionArn == "PendingConfirmation" {
			pending = append(pending, subscription.Endpoint)
		} else {
			confirmed = append(confirmed, subscription.Endpoint)
		}
	}
	var lines []report.Line
	for _, email := range emails {
		line := report.Line{Severity: report.Warn, Subject: subject, Needed: email + ", confirmed"}
		switch {
		case slices.Contains(confirmed, email):
			line.Severity, line.Found = report.OK, email
		case slices.Contains(pending, email):
			line.Found, line.Do = email+", which has not confirmed", "follow the link that AWS sent to the address; aws sns subscribe --topic-arn "+arn+" --protocol email --notification-endpoint "+email+" --region "+parts[3]+" sends it again"
		default:
			line.Found, line.Do = "no subscription of "+email, "run pulumi refresh --stack "+s.stack+" if the address has unsubscribed, then pulumi up"
		}
		lines = append(lines, line)
	}
	return lines
}
