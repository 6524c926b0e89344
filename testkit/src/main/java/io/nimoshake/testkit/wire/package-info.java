/** DynamoDB's JSON protocol on the wire: calls, answers, and a server that stands in between. */
package io.nimoshake.testkit.wire;
