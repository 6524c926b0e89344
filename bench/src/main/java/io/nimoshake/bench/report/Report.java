package io.nimoshake.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects Markdown, and shows it as it comes. */
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

  /** Begins a table; {@link #row} adds to it, and {@link #end} ends it. */
  public void table(String... columns) {
    line("| " + String.join(" | ", columns) + " |");
    line("|" + "---|".repeat(columns.length));
  }

  /** Numbers are written with three digits that count. */
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

  /** What is going on, for whoever waits; not part of the report. */
  public void progress(String words) {
    screen.println("... " + words);
  }

  public void goal(Goal goal) {
    goals.add(goal);
  }

  /** A table of all goals so far. */
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

  /** Ratios that were to be reached and were not. */
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
