package io.nimoshake.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects the results as Markdown and prints each line at once. */
public final class Report {
  private final StringBuilder text = new StringBuilder();
  private final List<Goal> goals = new ArrayList<>();
  private final PrintStream screen;

  public Report(PrintStream screen) {
    this.screen = screen;
  }

  public void section(String title) {
    paragraph("### " + title);
  }

  public void paragraph(String words) {
    line(words);
    line("");
  }

  /** Begins a table. {@link #row} adds a row, {@link #end} ends the table. */
  public void table(String... columns) {
    line("| " + String.join(" | ", columns) + " |");
    line("|" + "---|".repeat(columns.length));
  }

  /** Adds a row. Numbers are written with three significant digits. */
  public void row(Object... cells) {
    StringBuilder row = new StringBuilder("|");
    for (Object cell : cells) {
      String words = cell instanceof Double number ? Spread.text(number) : String.valueOf(cell);
      row.append(' ').append(words).append(" |");
    }
    line(row.toString());
  }

  public void end() {
    line("");
  }

  /** Prints what runs now. It is not part of the report. */
  public void progress(String words) {
    screen.println("... " + words);
  }

  public void goal(Goal goal) {
    goals.add(goal);
  }

  /** Adds a table of all goals so far. */
  public void goals() {
    if (goals.isEmpty()) {
      return;
    }
    section("Goals");
    table("Goal", "Measured", "Limit", "Reached", "Checked by --assert");
    for (Goal goal : goals) {
      row(
          goal.text(),
          goal.measured(),
          (goal.atMost() ? "at most " : "at least ") + Spread.text(goal.limit()),
          goal.isReached() ? "yes" : "no",
          goal.asserted() ? "yes" : "no");
    }
    end();
  }

  /** The ratios that missed their goal. */
  public List<Goal> missed() {
    return goals.stream().filter(goal -> goal.asserted() && !goal.isReached()).toList();
  }

  public void write(Path file) throws IOException {
    Files.writeString(file, text);
  }

  public String text() {
    return text.toString();
  }

  private void line(String words) {
    text.append(words).append('\n');
    screen.println(words);
  }
}
