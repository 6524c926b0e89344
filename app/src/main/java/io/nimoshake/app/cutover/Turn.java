package io.nimoshake.app.cutover;

/** Which way the applications are switched. */
public enum Turn {
  /** From DynamoDB to the target. */
  CUT_OVER(
      "forward",
      "cutover",
      "cut over",
      "Cut-over",
      "this sync goes back to DynamoDB: nimo-shake return switches the applications back"),
  /** From MongoDB back to DynamoDB. */
  RETURN(
      "back",
      "return",
      "returned",
      "Return",
      "this sync goes from DynamoDB to the target: there is nothing to return from");

  private final String direction;
  private final String command;
  private final String done;
  private final String noun;
  private final String otherDirection;

  Turn(String direction, String command, String done, String noun, String otherDirection) {
    this.direction = direction;
    this.command = command;
    this.done = done;
    this.noun = noun;
    this.otherDirection = otherDirection;
  }

  /** Whether a sync that goes in this direction, as it answers, ends with this. */
  boolean isOf(String answered) {
    return direction.equals(answered);
  }

  /** The command that does it. */
  String command() {
    return command;
  }

  /** What is done by it: "not cut over". */
  public String done() {
    return done;
  }

  /** Its name at the beginning of a sentence. */
  String noun() {
    return noun;
  }

  /** What is said to whom a sync goes in the other direction. */
  String otherDirection() {
    return otherDirection;
  }
}
