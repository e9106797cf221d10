package simulation

func init() {
	model(map[string]*Type{
		"random:index/randomPassword:RandomPassword": {
			ID: "none{hex12}", Global: true, Overwritten: true, // a password exists only in the state
			Outputs: map[string]any{
				"id": "none", "result": password, "bcryptHash": "$2a$10${lower53}",
				"lower": true, "upper": true, "numeric": true, "number": true, "special": true,
				"minLower": 0, "minUpper": 0, "minNumeric": 0, "minSpecial": 0,
			},
			Replace: []string{"length", "lower", "upper", "numeric", "number", "special", "overrideSpecial", "keepers", "minLower", "minUpper", "minNumeric", "minSpecial"},
		},
		"random:index/randomId:RandomId": {
			ID: "{hex11}", Global: true, Overwritten: true,
			Outputs: map[string]any{"id": "{id}", "b64Std": "{lower11}", "b64Url": "{lower11}", "dec": "{digits18}", "hex": hexadecimal},
			Replace: []string{"byteLength", "keepers", "prefix"},
		},
	})
}

func hexadecimal(r *Resource) any {
	bytes, _ := r.Properties["byteLength"].(float64)
	return r.random("hex", 2*int(bytes), "0123456789abcdef")
}

// password returns length characters, with punctuation unless special is false.
func password(r *Resource) any {
	alphabet := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if r.Properties["special"] != false {
		special := text(r.Properties, "overrideSpecial")
		if special == "" {
			special = "!@#$%&*()-_=+[]{}<>:?"
		}
		alphabet += special
	}
	length, _ := r.Properties["length"].(float64)
	return r.random("result", int(length), alphabet)
}
