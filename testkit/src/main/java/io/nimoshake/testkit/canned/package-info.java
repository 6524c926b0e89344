/**
 * Endpoints that cost next to nothing, so that whoever talks to them is the bottleneck: a DynamoDB
 * that answers from pages rendered beforehand, and a MongoDB that counts what it is given and keeps
 * none of it.
 */
package io.nimoshake.testkit.canned;
