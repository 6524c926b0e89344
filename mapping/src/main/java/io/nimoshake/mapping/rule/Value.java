package io.nimoshake.mapping.rule;

import java.math.BigDecimal;

/** A scalar that a condition compares with. */
public sealed interface Value {
  /** A string. */
  record Text(String text) implements Value {}

  /** A number. Numbers are equal if their values are, whatever their types. */
  record Num(BigDecimal number) implements Value {
    public Num {
      number = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }
  }

  /** True or false. */
  record Bool(boolean value) implements Value {}

  /** DynamoDB's NULL. */
  record Null() implements Value {}
}
