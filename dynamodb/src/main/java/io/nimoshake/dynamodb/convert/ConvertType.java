package io.nimoshake.dynamodb.convert;

/** The form that items take in the target ({@code convert.type}). */
public enum ConvertType {
  /** Native MongoDB types; numbers keep every digit. */
  CHANGE,
  /** Native MongoDB types; every number is a double, as the Go tool wrote it. */
  MCHANGE,
  /** MongoDB documents that keep DynamoDB's type descriptors: {@code {a: {N: "1"}}}. */
  RAW,
  /** The item's own DynamoDB JSON, unchanged; for DynamoDB-compatible targets. */
  SAME
}
