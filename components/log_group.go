package components

// DefaultLogRetention is how long logs are kept by default, in days.
const DefaultLogRetention = 365

// LogRetentions are the retention times that CloudWatch Logs supports, in days
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
var LogRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
