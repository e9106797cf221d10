package preflight

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// checkTopics finds alarms that reach nobody.
func checkTopics(s *session) []Line {
	emails := s.emails()
	if len(emails) == 0 {
		return []Line{{
			Severity: Warn, Subject: s.file() + ": multisite:alarms.emails", Found: "none", Needed: "an address, or alarms reach nobody",
			Do: "pulumi config set --stack " + s.stack + " --path 'multisite:alarms.emails[0]' ADDRESS",
		}}
	}
	var lines []Line
	for _, topic := range s.has {
		if topic.Type == awstypes.Topic {
			lines = append(lines, s.checkTopic(topic.Text("arn"), emails)...)
		}
	}
	if len(lines) == 0 {
		lines = []Line{{
			Severity: OK, Subject: "subscribers of alarms", Found: strings.Join(emails, ", "),
			Do: "confirm what AWS sends to each address after the update",
		}}
	}
	return lines
}

// checkTopic finds addresses that a topic does not tell.
func (s *session) checkTopic(arn string, emails []string) []Line {
	subject := "subscribers of " + arn
	parts := strings.Split(arn, ":") // arn:aws:sns:REGION:ACCOUNT:NAME
	if len(parts) < 6 {
		return []Line{unchecked(subject, fmt.Errorf("its ARN in the state is %q", arn))}
	}
	var found struct {
		Subscriptions []struct{ SubscriptionArn, Protocol, Endpoint string }
	}
	if err := s.ask.aws(&found, parts[3], "sns", "list-subscriptions-by-topic", "--topic-arn", arn); err != nil {
		return []Line{unchecked(subject, err)}
	}
	var confirmed, pending []string
	for _, subscription := range found.Subscriptions {
		if subscription.SubscriptionArn == "PendingConfirmation" {
			pending = append(pending, subscription.Endpoint)
		} else {
			confirmed = append(confirmed, subscription.Endpoint)
		}
	}
	var lines []Line
	for _, email := range emails {
		line := Line{Severity: Warn, Subject: subject, Needed: email + ", confirmed"}
		switch {
		case slices.Contains(confirmed, email):
			line.Severity, line.Found = OK, email
		case slices.Contains(pending, email):
			line.Found, line.Do = email+", which has not confirmed", "follow the link that AWS sent there; aws sns subscribe --topic-arn "+arn+" --protocol email --notification-endpoint "+email+" --region "+parts[3]+" sends another"
		default:
			line.Found, line.Do = "no subscription of "+email, "pulumi refresh --stack "+s.stack+", then pulumi up, if it has unsubscribed or is new"
		}
		lines = append(lines, line)
	}
	return lines
}
