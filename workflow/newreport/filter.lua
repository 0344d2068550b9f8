-- Gives each format what pandoc's writers leave out: charts, functions of report.typ, Word styles.
local html, word, typst = FORMAT:match("html"), FORMAT == "docx", FORMAT:match("typst")
local HIDDEN = html and "paper" or "screen"
local ON_SCREEN = { ["of-regions"] = true, trace = true }
-- Divisions that report.typ has as functions of the same name, and Word as styles.
local NAMED = { abstract = "Abstract", keywords = "Keywords", limits = "Limits", note = "Note", references = "", opening = "" }
local NEXT_PAGE = pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pageBreakBefore/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>')
local FEW = 12 -- rows of a table that stays on one page

local function raw(text) return pandoc.RawBlock(html and "html" or "typst", text) end
local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end
local function escaped(text) return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub('"', "&quot;")) end
local function within(first, blocks, last) return pandoc.Blocks({ raw(first) }) .. pandoc.Blocks(blocks) .. { raw(last) } end
local function styled(style, inlines) return pandoc.Div({ pandoc.Para(inlines) }, pandoc.Attr("", {}, { ["custom-style"] = style })) end
local function name_of(part) return NAMED[part.identifier] and part.identifier or (part.classes:find_if(function(class) return NAMED[class] end)) end

-- A chart is drawn by the script in HTML, by `panels` in Typst, of dots in Word.
local function chart(image)
  local path, alt = image.src, image.attributes.alt
  if word then return pandoc.Image({ pandoc.Str(alt) }, path:gsub("svg$", "png"), "", { width = image.attributes.width }) end
  if typst then return "chart(" .. quoted(path) .. ", " .. image.attributes.width .. ", " .. quoted(alt) .. "), " end
  return string.format('<div class="box"><div class="chart" data-chart="%s" role="img" aria-label="%s"></div></div>', path:match("([^/]+)%.svg$"), escaped(alt))
end

local function figure(div)
  local caption, charts = div.content:remove().content, pandoc.List()
  div:walk({ Image = function(image) charts:insert(chart(image)) end })
  if word then return pandoc.Div({ styled("Figure", charts), styled("Figure Caption", caption) }, pandoc.Attr(div.identifier)) end
  local first, last = '<div class="panels n' .. #charts .. '">', "</div>"
  if typst then first, last = "#panels(", ")" end
  return pandoc.Figure({ raw(first .. table.concat(charts) .. last) }, { long = { pandoc.Plain(caption) } }, pandoc.Attr(div.identifier))
end

-- Word: the caption above the table, cells in styles; rows that are `kept` stay with the next.
local function word_table(tbl, kept)
  local function set(rows, style)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do cell.contents = { styled(style, pandoc.utils.blocks_to_inlines(cell.contents)) } end
    end
  end
  set(tbl.head.rows, "Table Head")
  set(tbl.bodies[1].body, kept and "Table Kept" or "Table Text")
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  tbl.caption = { long = {} }
  return { styled("Caption", caption), tbl }
end

-- HTML: the page sets the widths of columns, and a table scrolls in its box.
function Table(tbl)
  if not html then return nil end
  for i, spec in ipairs(tbl.colspecs) do tbl.colspecs[i] = { spec[1], nil } end
  for _, cell in ipairs(tbl.head.rows[1].cells) do cell.attributes.scope = "col" end
  return within('<div class="box">', { tbl }, "</div>")
end

function Div(div)
  local name, table = name_of(div), not html and div.classes:includes("table") and div.content[1]
  local kept = table and (div.classes:includes("claims") or div.identifier == "tab-theory" or #table.bodies[1].body <= FEW)
  if div.classes:includes(HIDDEN) or ON_SCREEN[div.identifier] and not html then return {} end
  if div.classes:includes("figure") then return figure(div) end
  if html then return div.identifier == "of-regions" and within('<template id="of-regions">', div.content, "</template>") or nil end
  if word and name then div.attributes["custom-style"] = NAMED[name] ~= "" and NAMED[name] or nil end
  if word and table then return div:walk({ Table = function(tbl) return word_table(tbl, kept) end }) end
  if word and name == "opening" then div.content:insert(NEXT_PAGE) end
  if typst and table then div.content = within("#held(" .. tostring(kept) .. ")[", div.content, "]") end
  return typst and name and within("#" .. name .. "[", div.content, "]") or div
end
function Span(span)
  if word and name_of(span) then span.attributes["custom-style"] = "Muted" end
  return typst and name_of(span) and { pandoc.RawInline("typst", "#aside["), span, pandoc.RawInline("typst", "]") } or span
end

-- A tagged PDF needs every formula in words: its source stands in for them.
function Math(math)
  local body = typst and pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  return typst and pandoc.RawInline("typst", "#[#set math.equation(alt: " .. quoted(math.text) .. ");" .. body .. "]") or nil
end

-- From its first heading on the annex is set small.
function Header(header) return typst and header.classes:includes("annex") and { raw("#show: annex"), header } or nil end
