/** The shape in which tables and items arrive in a DynamoDB-compatible target. */
package io.nimoshake.dynamodb.shape;
