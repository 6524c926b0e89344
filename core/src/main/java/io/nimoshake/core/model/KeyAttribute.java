package io.nimoshake.core.model;

/** One attribute of a key: its name and its scalar type. */
public record KeyAttribute(String name, Type type) {
  /** The types a key may have in DynamoDB: string, number, binary. */
  public enum Type {
    S,
    N,
    B
  }
}
