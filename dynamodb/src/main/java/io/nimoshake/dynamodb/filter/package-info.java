/**
 * DynamoDB's condition expressions, evaluated here. The service filters what a Scan returns, but it
 * does not filter streams. This package decides for a stream record what Scan would decide.
 */
package io.nimoshake.dynamodb.filter;
