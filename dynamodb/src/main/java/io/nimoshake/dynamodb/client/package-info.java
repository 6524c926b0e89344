/**
 * Connects to DynamoDB: settings, the SDK's clients, and the translation of the SDK's exceptions to
 * faults.
 */
package io.nimoshake.dynamodb.client;
