// SQS
