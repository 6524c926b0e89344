/**
 * Exports of tables to Amazon S3, as a source of a copy. Reading an export needs no access to the
 * table and costs no read capacity.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB table export output format</a>
 */
package io.nimoshake.dynamodb.export;
