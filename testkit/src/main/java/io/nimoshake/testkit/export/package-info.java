/** Exports of tables as DynamoDB writes them to Amazon S3. */
package io.nimoshake.testkit.export;
