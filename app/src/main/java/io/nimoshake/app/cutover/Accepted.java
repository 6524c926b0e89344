package io.nimoshake.app.cutover;

/**
 * What the operator accepts in a cut-over.
 *
 * @param deadLetters that rejected items are not in the target
 * @param differences that a comparison has found differences, and no later one shows that they are
 *     gone
 */
public record Accepted(boolean deadLetters, boolean differences) {
  public static final Accepted NOTHING = new Accepted(false, false);
}
