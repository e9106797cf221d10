package cloud

const logGroup = "aws:cloudwatch/logGroup:LogGroup"

func init() {
	model(map[string]*Type{
		logGroup: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ResourceAlreadyExistsException",
			Outputs: map[string]any{
				"arn": "arn:aws:logs:{region}:{account}:log-group:{id}", "namePrefix": "", "logGroupClass": "STANDARD",
				"retentionInDays": 0, "skipDestroy": false,
			},
			Replace: []string{"name", "logGroupClass"},
			Refs:    []Ref{{"kmsKeyId", kmsKey}},
			Valid: map[string]Rule{
				"retentionInDays": oneOf("0", "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
					"1096", "1827", "2192", "2557", "2922", "3288", "3653"),
				"name": match(`^[\w./#-]{1,512}$`, "only letters, digits and _-/#. are allowed"),
			},
		},
	})
}
