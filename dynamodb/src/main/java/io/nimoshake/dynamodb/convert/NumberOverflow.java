package io.nimoshake.dynamodb.convert;

/**
 * What a number of more than 34 significant digits becomes under {@link ConvertType#CHANGE} ({@code
 * convert.number_overflow}): Decimal128 holds 34, DynamoDB up to 38.
 */
public enum NumberOverflow {
  /** A string: the number written out, without exponent. */
  STRING,
  /** The nearest double. In a key it is refused unless the double still tells it from others. */
  DOUBLE,
  /** The item is refused. */
  FAIL
}
