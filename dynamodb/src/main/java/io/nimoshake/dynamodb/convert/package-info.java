/**
 * Converts the bytes of a DynamoDB response to documents of the target in one pass, without {@code
 * AttributeValue}, {@code Document} or any object per value. {@link
 * io.nimoshake.dynamodb.convert.DecodingInterceptor} takes the body from the AWS SDK, {@link
 * io.nimoshake.dynamodb.convert.PageDecoder} decodes it.
 */
package io.nimoshake.dynamodb.convert;
