/**
 * Files in the layout of an export of DynamoDB to Amazon S3, as the {@link
 * io.nimoshake.core.port.Target} of a copy. {@link io.nimoshake.dynamodb.file.FileTarget} is the
 * entry. {@link io.nimoshake.dynamodb.file.SplitFiles} writes the data files of a split, {@link
 * io.nimoshake.dynamodb.file.ExportPlace} knows the directories, {@link
 * io.nimoshake.dynamodb.file.Manifests} makes an export of them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB table export output format</a>
 */
package io.nimoshake.dynamodb.file;
