-- Sets symbols in italics and parts formulas from Chinese characters, once for all formats.

-- A symbol is a letter before its subscript, δ, or a letter of the indices or of the equilibrium
-- alone; D. may be somebody's name, °C a unit. The text marks others itself: *p*, *t*, *F*.
local function symbol_at(text, i)
  local letter, before, after = text:sub(i, i), text:sub(1, i - 1), text:sub(i + 1)
  if text:sub(i, i + 1) == "δ" then return "δ" end
  if before:match("%w$") then return nil end
  if letter:match("[abgxA]") and after:match("^\xE2\x82[\x80-\x89]") then return letter end
  if before:match("[&'/.-]$") or before:match("°$") then return nil end
  if letter:match("[CDETU]") and not after:match("^[%w&'/.-]") and not after:match("^’") then return letter end
end

local function with_symbols(str)
  local text, parts, from, i = str.text, pandoc.List(), 1, 1
  while i <= #text do
    local symbol = symbol_at(text, i)
    if symbol then
      if i > from then parts:insert(pandoc.Str(text:sub(from, i - 1))) end
      parts:insert(pandoc.Emph({ pandoc.Str(symbol) }))
      from = i + #symbol
    end
    i = i + (symbol and #symbol or 1)
  end
  if #parts == 0 then return nil end
  if from <= #text then parts:insert(pandoc.Str(text:sub(from))) end
  return parts, false
end

local function as_it_is(element) return element, false end

-- The head of a column may be any symbol: e, w, 1 − e.
local function head_symbols(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      local letters = pandoc.utils.stringify(cell.contents):gsub("%A", "")
      if #letters == 1 then
        cell.contents = cell.contents:walk({ Str = function(str) if str.text == letters then return pandoc.Emph({ str }) end end })
      end
    end
  end
  return tbl
end

local function word(inline) return inline and inline.t == "Str" and inline.text or "" end

-- A formula stands apart from Chinese characters, but not from their marks; no line ends before % or
-- beside a sign of comparison.
local function apart(inlines)
  local character = "[\xE4-\xE9][\x80-\xBF][\x80-\xBF]"
  for i = #inlines, 1, -1 do
    local before, after = inlines[i - 1], inlines[i + 1]
    if inlines[i].t == "Space" and (word(after):match("^%%") or word(after):match("^[=<>]$") or word(before):match("^[=<>]$")) then
      inlines[i] = pandoc.Str("\u{a0}")
    end
    if inlines[i].t == "Math" then
      if after and after.t == "Str" and after.text:match("^" .. character) then inlines:insert(i + 1, pandoc.Space()) end
      if before and before.t == "Str" and before.text:match(character .. "$") then inlines:insert(i, pandoc.Space()) end
    end
  end
  return inlines
end

-- Headings mark their symbols themselves: Annex C is none.
return { {
  traverse = "topdown", Inlines = apart, Str = with_symbols, Emph = as_it_is, Header = as_it_is, Table = head_symbols,
  Div = function(div) return div, not div.classes:includes("references") end,
} }
