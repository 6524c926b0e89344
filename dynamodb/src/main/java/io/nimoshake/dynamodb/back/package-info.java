/**
 * The way back: documents of MongoDB become items of DynamoDB again. {@link
 * io.nimoshake.dynamodb.back.BackTarget} is the entry. {@link
 * io.nimoshake.dynamodb.back.DocumentInverse} turns the conversion of a sync around; where BSON
 * does not keep the type, the item that is there decides.
 */
package io.nimoshake.dynamodb.back;
