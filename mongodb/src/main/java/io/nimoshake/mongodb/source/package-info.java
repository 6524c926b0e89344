/** Reads the change streams of MongoDB: the source of the way back to DynamoDB. */
package io.nimoshake.mongodb.source;
