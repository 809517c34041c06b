package migrations

// Provider steps through the migrations, for tests that stop in between.
var Provider = provider
