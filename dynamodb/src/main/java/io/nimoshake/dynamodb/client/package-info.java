/**
 * How DynamoDB is reached: settings, the SDK's clients, and its exceptions as faults of the core.
 */
package io.nimoshake.dynamodb.client;
