/**
 * From the bytes of a DynamoDB response to the documents of the target, in one pass: no {@code
 * AttributeValue}, no {@code Document}, no object per value. {@link
 * io.nimoshake.dynamodb.convert.DecodingInterceptor} takes the body from the AWS SDK, {@link
 * io.nimoshake.dynamodb.convert.PageDecoder} decodes it.
 */
package io.nimoshake.dynamodb.convert;
