package io.nimoshake.dynamodb.convert;

/**
 * What a number of more than 34 significant digits becomes under {@link ConvertType#CHANGE} ({@code
 * convert.number_overflow}). Decimal128 holds 34 digits, DynamoDB up to 38.
 */
public enum NumberOverflow {
  /** A string: the number written out, without exponent. */
  STRING,
  /** The nearest double. A key number is rejected if another number could get the same double. */
  DOUBLE,
  /** The item is rejected. */
  FAIL
}
