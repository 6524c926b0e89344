package io.nimoshake.dynamodb.convert;

/** What items become in the target ({@code convert.type}). */
public enum ConvertType {
  /** Native MongoDB types; numbers exact. */
  CHANGE,
  /** Native MongoDB types; every number a double, as the Go tool wrote them. */
  MCHANGE,
  /** MongoDB documents that keep DynamoDB's type descriptors: {@code {a: {N: "1"}}}. */
  RAW,
  /** The item's own DynamoDB JSON, for DynamoDB-compatible targets. */
  SAME
}
