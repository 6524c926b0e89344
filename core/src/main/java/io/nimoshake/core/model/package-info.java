/**
 * The data of a sync: immutable values without behaviour of their own beyond keeping themselves
 * valid. Imports nothing of this project.
 */
package io.nimoshake.core.model;
