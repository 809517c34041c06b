package access

// ReceiptsHold is for tests.
var ReceiptsHold = receiptsHold
